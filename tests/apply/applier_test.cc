#include "apply/applier.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/apply/plan_input.h"

namespace holdfast {
namespace {

Object Set(const std::string& spec, const std::string& version) {
  return Make("apps/v1 StatefulSet default/db",
              "'spec':{" + spec + ",'template':{'spec':{'containers':[]}}},'status':{}",
              "'uid':'u','resourceVersion':'" + version + "'");
}

const std::string kSafe =
    ",'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'Retain','whenScaled':'Retain'}";
const std::string kTakesClaims =
    ",'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'Retain','whenScaled':'Delete'}";

/// Has one object, and tells watches of nothing.
class OneObject : public Cluster {
 public:
  explicit OneObject(Object object) : live(std::move(object)) {}

  std::string Address() const override { return "https://api"; }
  Result<std::string> Uid() override { return std::string("c1"); }
  long long ServerTime() const override { return 0; }
  Result<const Discovery*> Discover() override { return Internal("not asked"); }
  Result<const Discovery*> Rediscover() override { return Internal("not asked"); }
  std::vector<Result<Json>> ReadDocuments(const std::vector<std::string>&) override {
    return {};
  }
  std::vector<Result<Object>> Get(const std::vector<ObjectKey>&) override { return {live}; }
  std::vector<Result<ObjectList>> List(const std::vector<ListCall>& calls) override {
    return std::vector<Result<ObjectList>>(calls.size(), ObjectList{});
  }
  std::vector<ApplyAnswer> Apply(const std::vector<ApplyCall>& calls) override {
    const Object& wanted = calls.front().object;
    const std::string& version = wanted.resource_version();
    if (!version.empty() && version != live.resource_version()) {
      return {Rejection{Rejection::Kind::kConflict, 409, "it has been modified", {}}};
    }
    ++written;
    return {wanted};
  }
  std::vector<ApplyAnswer> Patch(const std::vector<PatchCall>&) override { return {}; }
  ApplyAnswer Create(const Object& object) override { return object; }
  ApplyAnswer Replace(const Object& object) override { return object; }
  Status Delete(Permit, WriteMode) override { return {}; }
  WatchId Watch(const ListCall&, const std::string&) override { return 1; }
  void Unwatch(WatchId) override {}
  std::vector<WatchEvent> WaitForEvents(std::chrono::milliseconds) override { return {}; }

  Object live;
  int written = 0;
};

/// Time that goes on whenever somebody looks: no gate is waited for long.
class HastyClock : public Clock {
 public:
  TimePoint Now() const override { return now_ += std::chrono::minutes(1); }

 private:
  mutable TimePoint now_{std::chrono::hours(1)};
};

/// Carries out that a set of two members, as it was judged at version 1, gets `wanted`.
RunReport Carry(OneObject& cluster, const Object& wanted,
                std::optional<std::chrono::milliseconds> timeout = std::chrono::milliseconds(1)) {
  const Object judged = Set("'replicas':2" + kSafe, "1");
  PlanInput input;
  Json bare = wanted.json();
  for (const char* key : {"uid", "resourceVersion"}) bare["metadata"].erase(key);
  input.desired.push_back({*Object::Make(std::move(bare)), {"db.yaml", 1, 1}, nullptr});
  input.live.Put(judged);
  Prediction prediction;
  prediction.exists = true;
  prediction.rung = Prediction::Rung::kDryRun;
  prediction.result = wanted;
  prediction.fields.push_back({"spec.replicas", Json(2), Json(1), ""});
  input.predictions.emplace(judged.ref(), std::move(prediction));
  Plan plan;
  Change change;
  change.action = Action::kUpdate;
  change.ref = judged.ref();
  plan.set.changes.push_back(change);
  Step step;
  step.ref = judged.ref();
  step.phase = 7;
  step.wave = 1;
  plan.steps.push_back(step);
  const HastyClock clock;
  Journal journal(cluster, {.name_space = "holdfast-system", .sync = "s"}, "a test");
  ApplyObserver nobody;
  std::map<ObjectRef, std::string> uids;
  ApplierOptions options;
  options.timeout = timeout;
  return Applier(cluster, clock, journal, nobody, options).Run(plan, input, uids);
}

TEST_CASE("a StatefulSet is changed only beside what was judged") {
  struct Row {
    const char* name;
    std::string now;  ///< spec of the live set.
    bool is_written;
  };
  const std::vector<Row> rows = {
      {"only its status has changed", "'replicas':2" + kSafe, true},
      {"members that leave would take their claims along by now",
       "'replicas':2" + kTakesClaims, false},
      {"somebody has made it greater", "'replicas':5" + kSafe, false},
      {"its members are counted from another ordinal",
       "'replicas':2,'ordinals':{'start':3}" + kSafe, false},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.name));
    OneObject cluster(Set(row.now, "2"));
    const RunReport report = Carry(cluster, Set("'replicas':1" + kSafe, "1"));
    CHECK((cluster.written > 0) == row.is_written);
    const std::string& said = report.outcomes.front().reason;
    const bool told = said.find("somebody has changed spec.") != std::string::npos;
    CHECK(told != row.is_written);
  }
}

TEST_CASE("a gate waits as long as somebody has said, else as long as its kind may take") {
  const auto said = [](std::optional<std::chrono::milliseconds> timeout) {
    OneObject cluster(Set("'replicas':2" + kSafe, "2"));
    return Carry(cluster, Set("'replicas':3" + kSafe, "1"), timeout).reason;
  };
  CHECK(said(std::chrono::seconds(5)).find("not healthy within 5 s") != std::string::npos);
  CHECK(said(std::nullopt).find("not healthy within 1800 s") != std::string::npos);
}

TEST_CASE("where Git names no size an autoscaler may choose it meanwhile") {
  OneObject cluster(Set("'replicas':5" + kSafe, "2"));
  const RunReport report = Carry(cluster, Set("'x':'y'" + kSafe, "1"));
  CHECK(cluster.written > 0);
}

/// Has one volume, and remembers in which order it was written to.
class OneVolume : public OneObject {
 public:
  using OneObject::OneObject;

  std::vector<Result<ObjectList>> List(const std::vector<ListCall>& calls) override {
    std::vector<Result<ObjectList>> lists;
    for (const ListCall& call : calls) {
      const bool is_volumes = call.gvk == live.gvk();
      lists.push_back(is_volumes ? ObjectList{{live}, "1"} : ObjectList{{}, "1"});
    }
    return lists;
  }
  ApplyAnswer Replace(const Object& object) override {
    order.push_back(object.ref().name);
    Json json = object.json();
    json["status"]["phase"] = "Available";
    live = *Object::Make(std::move(json));
    return live;
  }
  std::vector<ApplyAnswer> Apply(const std::vector<ApplyCall>& calls) override {
    order.push_back(calls.front().object.ref().name);
    return {calls.front().object};
  }

  std::vector<std::string> order;
};

TEST_CASE("the volumes of a StatefulSet that comes back are reserved before it is sent") {
  const Object set = Set(
      "'replicas':1,'volumeClaimTemplates':[{'metadata':{'name':'data'},'spec':{'"
      "storageClassName':'','resources':{'requests':{'storage':'1Gi'}}}}]",
      "");
  const Object volume = Make(
      "v1 PersistentVolume pv",
      "'spec':{'capacity':{'storage':'1Gi'},'persistentVolumeReclaimPolicy':'Retain','"
      "claimRef':{'namespace':'default','name':'data-db-0','uid':'old'}},'status':{'phase':'"
      "Released'}",
      "'labels':{'holdfast.dev/quarantine':'old'}");
  PlanInput input;
  input.desired.push_back({set, {"db.yaml", 1, 1}, nullptr});
  input.live.Put(volume);
  Plan plan;
  Change change;
  change.action = Action::kCreate;
  change.ref = set.ref();
  plan.set.changes.push_back(change);
  Step step;
  step.ref = set.ref();
  step.phase = 7;
  step.wave = 1;
  plan.steps.push_back(step);
  OneVolume cluster(volume);
  const HastyClock clock;
  Journal journal(cluster, {.name_space = "holdfast-system", .sync = "s"}, "a test");
  ApplyObserver nobody;
  std::map<ObjectRef, std::string> uids;
  ApplierOptions options;
  options.timeout = std::chrono::milliseconds(1);
  Applier(cluster, clock, journal, nobody, options).Run(plan, input, uids);
  CHECK(cluster.order == std::vector<std::string>{"pv", "db"});
  CHECK(StringIn(cluster.live.json(), "spec", "claimRef", "uid").empty());
}

}  // namespace
}  // namespace holdfast
