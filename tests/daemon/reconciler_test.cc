#include "daemon/reconciler.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "apply/rollout.h"
#include "tests/apply/plan_input.h"
#include "tests/memory-cluster/memory_bed.h"

namespace holdfast {
namespace {

const InventoryPlace kPlace{.name_space = "holdfast-system", .sync = "s"};

/// Asks us to stop once `last` is ready.
class StopAfter : public ApplyObserver {
 public:
  explicit StopAfter(ObjectRef last) : last_(std::move(last)) {}
  void OnReady(const ObjectRef& ref, const Health&) override {
    stop = stop || ref == last_;
  }

  bool stop = false;

 private:
  ObjectRef last_;
};

/// A cluster in memory to which one commit after the other is carried out.
class Bench {
 public:
  Judged Judge(const std::vector<Object>& objects) {
    return Make([] { return false; }).Judge(Next(objects));
  }

  /// One run, with what happens between its judgement and its act.
  RunEnd Sync(
      const std::vector<Object>& objects, const std::function<void()>& between = [] {}) {
    ApplyObserver nobody;
    return Run(objects, nobody, between, [] { return false; });
  }

  /// A run that is asked to stop once `last` is ready.
  RunEnd SyncUntil(const std::vector<Object>& objects, const Object& last) {
    StopAfter observer(last.ref());
    return Run(
        objects, observer, [] {}, [&] { return observer.stop; });
  }

  Inventory Stored() { return InventoryStore(bed.cluster(), kPlace).Load().value(); }

  const Object* Find(const Object& like) { return bed.server().Find(like.ref()); }

  memory::MemoryBed bed{1};
  OnRefusal on_refusal = OnRefusal::kHold;

 private:
  /// kStopped where the plan may not go ahead.
  RunEnd Run(const std::vector<Object>& objects, ApplyObserver& observer,
             const std::function<void()>& between,
             const std::function<bool()>& cancelled) {
    Reconciler reconciler = Make(cancelled);
    const Revision revision = Next(objects);
    Judged judged = reconciler.JudgeToAct(revision);
    const auto turn = reconciler.Begin(revision, judged, [](const std::string&) {});
    REQUIRE(turn.ok());
    for (const Error& error : judged.errors) FAIL_CHECK(error.message);
    between();
    if (judged.MayGoAhead()) return reconciler.Act(judged, observer).end;
    if (judged.rest) reconciler.Act(*judged.rest, observer);
    return RunEnd::kStopped;
  }

  Reconciler Make(const std::function<bool()>& cancelled) {
    return Reconciler(bed.cluster(), bed.clock(), schema_,
                      [](std::string_view) { return "h"; },
                      {.place = kPlace,
                       .on_refusal = on_refusal,
                       .limits = {},
                       .timeout = std::chrono::seconds(5),
                       .cancelled = cancelled});
  }

  Revision Next(const std::vector<Object>& objects) {
    Revision revision;
    revision.repo = "memory";
    revision.ref = "main";
    revision.commit = "commit-" + std::to_string(++commits_);
    revision.whole = true;
    revision.follows = [](const std::string&) -> Result<bool> { return true; };
    for (const Object& object : objects) {
      revision.manifests.push_back(InGit(object, object.ref().name + ".yaml"));
    }
    return revision;
  }

  ServerSchema schema_{OpenApiCache("")};
  int commits_ = 0;
};

Object Config(const std::string& name) { return Make("v1 ConfigMap default/" + name); }

Object Migration(const std::string& argument = "up") {
  return Make("batch/v1 Job default/migrate",
              "'spec':{'template':{'spec':{'restartPolicy':'Never','containers':[{'name':"
              "'c','image':'migrate:1','args':['" +
                  argument + "']}]}}}");
}

/// The migration is in the inventory of `bench`, and has run to its end.
void Migrate(Bench& bench) {
  bench.Sync({Config("a"), Migration()});
  Json json = bench.Find(Migration())->json();
  json["status"] =
      J("{'succeeded':1,'conditions':[{'type':'Complete','status':'True'}]}");
  bench.bed.server().Put(std::move(json));
  REQUIRE(bench.Sync({Config("a"), Migration()}) == RunEnd::kDone);
}

TEST_CASE("a Job that has run is remembered after a commit has removed it") {
  Bench bench;
  Migrate(bench);
  REQUIRE(bench.Sync({Config("a")}) == RunEnd::kDone);
  CHECK(bench.Find(Migration()) == nullptr);
  CHECK_FALSE(bench.Stored().entries.contains(Migration().ref()));
  CHECK(bench.Stored().finished_jobs.size() == 1);

  // Nothing is to be done for it, and nothing is told of it.
  const Judged without = bench.Judge({Config("a")});
  CHECK_FALSE(without.plan.set.changes_anything());
  CHECK(without.plan.set.changes.size() == 1);

  REQUIRE(bench.Sync({Config("a"), Migration()}) == RunEnd::kDone);
  CHECK(bench.Find(Migration()) == nullptr);
  CHECK_FALSE(bench.Judge({Config("a"), Migration()}).plan.set.changes_anything());
  CHECK(bench.Sync({Config("a"), Migration("down")}) == RunEnd::kStopped);
  CHECK(bench.Find(Migration()) == nullptr);
}

TEST_CASE("a Job that has run is remembered by a rest that lacks it") {
  Bench bench;
  bench.on_refusal = OnRefusal::kApplyRest;
  Migrate(bench);
  bench.bed.server().Remove(Migration().ref());  // ttlSecondsAfterFinished
  std::vector<Object> in_git = {Config("a"), Migration("down")};
  for (const char* name : {"b", "c"}) {
    CAPTURE(std::string(name));
    in_git.push_back(Config(name));
    CHECK(bench.Sync(in_git) == RunEnd::kStopped);
    CHECK(bench.Find(Config(name)) != nullptr);
    CHECK(bench.Find(Migration()) == nullptr);
  }
  // Back as it was: it has run.
  in_git[1] = Migration();
  CHECK(bench.Sync(in_git) == RunEnd::kDone);
  CHECK(bench.Find(Migration()) == nullptr);
}

Object Ring() {
  return Make(
      "apps/v1 StatefulSet default/ring",
      "'spec':{'replicas':1,'selector':{'matchLabels':{'app':"
      "'ring'}},'template':{'metadata':{'labels':{'app':'ring'}},'spec':{'containers':"
      "[{'name':'c','image':'ring:1'}]}}}");
}

/// `spec` is what Git says beside the schedule: "'suspend':false,".
Object Backup(const std::string& spec = "") {
  return Make(
      "batch/v1 CronJob default/backup",
      "'spec':{" + spec +
          "'schedule':'@daily','jobTemplate':{'spec':{'template':{'spec':{"
          "'restartPolicy':'Never','containers':[{'name':'c','image':'dump:1'}]}}}}}");
}

Object Scaler() {
  return Make(
      "autoscaling/v2 HorizontalPodAutoscaler default/scaler",
      "'spec':{'minReplicas':1,'maxReplicas':3,'scaleTargetRef':{'apiVersion':'apps/"
      "v1','kind':'StatefulSet','name':'ring'}}");
}

void SendAsRollout(Bench& bench, const Object& object) {
  const auto answer = bench.bed.server().Apply(
      object, kRolloutManager, OnFieldConflict::kTakeOver, WriteMode::kReal);
  REQUIRE(std::holds_alternative<Object>(answer));
}

/// As a rollout of Ring() leaves it that never came to its end.
void FreezeFor(Bench& bench, const std::vector<Object>& resting) {
  std::vector<ObjectRef> refs;
  for (const Object& object : resting) refs.push_back(object.ref());
  SendAsRollout(bench, Brake(*bench.Find(Ring()), 1, refs));
  for (const Object& object : resting) {
    SendAsRollout(bench, Freeze(*bench.Find(object), Ring().ref()));
    REQUIRE(IsOverridden(*bench.Find(object)));
  }
}

void DeleteByHand(Bench& bench, const Object& object) {
  const ObjectRef& ref = object.ref();
  REQUIRE(bench.bed
              .Delete({object.gvk(), ref.name_space, ref.name},
                      memory::Propagation::kBackground)
              .ok());
  bench.bed.Settle();
  REQUIRE(bench.Find(object) == nullptr);
}

std::vector<std::string> FieldsOf(const Judged& judged, const Object& object) {
  std::vector<std::string> paths;
  const Change* change = ChangeOf(judged.plan, object.ref().ToString());
  REQUIRE(change != nullptr);
  for (const FieldChange& field : change->fields) paths.push_back(field.path);
  return paths;
}

bool IsSuspended(Bench& bench) {
  return MapIn(bench.Find(Backup())->json(), "spec").value("suspend", false);
}

TEST_CASE("what rests for a set that was deleted by hand is let go with it") {
  for (const std::string spec : {"", "'suspend':false,", "'suspend':true,"}) {
    CAPTURE(spec);
    Bench bench;
    const std::vector<Object> in_git = {Ring(), Backup(spec), Scaler()};
    REQUIRE(bench.Sync(in_git) == RunEnd::kDone);
    FreezeFor(bench, {Backup(spec), Scaler()});
    DeleteByHand(bench, Ring());

    const Judged judged = bench.Judge(in_git);
    const bool paused = spec == "'suspend':true,";
    CHECK(ChangeOf(judged.plan, Backup().ref().ToString())->action ==
          (paused ? Action::kAdopt : Action::kUpdate));
    CHECK(Joined(FieldsOf(judged, Backup())) == (paused ? "" : "spec.suspend"));
    CHECK(FieldsOf(judged, Scaler()).size() == 2);

    REQUIRE(bench.Sync(in_git) == RunEnd::kDone);
    CHECK(bench.Find(Ring()) != nullptr);
    CHECK_FALSE(IsOverridden(*bench.Find(Backup())));
    CHECK_FALSE(IsOverridden(*bench.Find(Scaler())));
    CHECK(IsSuspended(bench) == paused);
    CHECK_FALSE(bench.Judge(in_git).plan.set.changes_anything());
  }
}

TEST_CASE("what rests for the set of another sync is let go once that does not roll") {
  Bench bench;
  REQUIRE(std::holds_alternative<Object>(bench.bed.Create(Ring())));
  const std::vector<Object> in_git = {Backup(), Config("a")};
  REQUIRE(bench.Sync(in_git) == RunEnd::kDone);
  FreezeFor(bench, {Backup()});
  CHECK_FALSE(bench.Judge(in_git).plan.set.changes_anything());
  REQUIRE(bench.Sync(in_git) == RunEnd::kDone);
  CHECK(IsSuspended(bench));

  DeleteByHand(bench, Ring());
  REQUIRE(std::holds_alternative<Object>(bench.bed.Create(Ring())));
  CHECK(Joined(FieldsOf(bench.Judge(in_git), Backup())) == "spec.suspend");
  REQUIRE(bench.Sync(in_git) == RunEnd::kDone);
  CHECK_FALSE(IsSuspended(bench));
}

TEST_CASE("what a rollout needs by now is not let go") {
  Bench bench;
  const std::vector<Object> in_git = {Backup(), Config("a")};
  REQUIRE(bench.Sync(in_git) == RunEnd::kDone);
  REQUIRE(std::holds_alternative<Object>(bench.bed.Create(Ring())));
  FreezeFor(bench, {Backup()});
  SendAsRollout(bench, Release(*bench.Find(Ring())));
  // The rollout of another sync begins between the judgement and the act.
  const auto rolls = [&] { SendAsRollout(bench, Brake(*bench.Find(Ring()), 1, {})); };
  REQUIRE(bench.Sync(in_git, rolls) == RunEnd::kDone);
  CHECK(IsSuspended(bench));
}

/// A run that has made "b" is stopped before it makes what comes after.
void StopBeforeTheEnd(Bench& bench) {
  const std::vector<Object> in_git = {Config("a"), Config("b"), Backup()};
  CHECK(bench.SyncUntil(in_git, Config("b")) == RunEnd::kCancelled);
  REQUIRE(bench.Find(Config("b")) != nullptr);
  REQUIRE(bench.Find(Backup()) == nullptr);
}

TEST_CASE("what a stopped run has created goes with the commit that is reverted") {
  Bench bench;
  REQUIRE(bench.Sync({Config("a")}) == RunEnd::kDone);
  StopBeforeTheEnd(bench);
  CHECK(bench.Stored().entries.at(Config("b").ref()).uid.empty());
  REQUIRE(bench.Sync({Config("a")}) == RunEnd::kDone);
  CHECK(bench.Find(Config("b")) == nullptr);
  CHECK_FALSE(bench.Stored().entries.contains(Config("b").ref()));
}

TEST_CASE("so does what it has created in the place of something that was deleted") {
  Bench bench;
  REQUIRE(bench.Sync({Config("a"), Config("b")}) == RunEnd::kDone);
  DeleteByHand(bench, Config("b"));
  StopBeforeTheEnd(bench);
  REQUIRE(bench.Sync({Config("a")}) == RunEnd::kDone);
  CHECK(bench.Find(Config("b")) == nullptr);
}

TEST_CASE("what somebody else has made meanwhile stays") {
  Bench bench;
  REQUIRE(bench.Sync({Config("a")}) == RunEnd::kDone);
  StopBeforeTheEnd(bench);
  // A copy of ours, labels and all.
  const Object copy =
      Config("b").WithLabel(kPartOfLabel, bench.Find(Config("b"))->label(kPartOfLabel));
  DeleteByHand(bench, Config("b"));
  REQUIRE(std::holds_alternative<Object>(bench.bed.Create(copy)));
  REQUIRE(bench.Sync({Config("a")}) == RunEnd::kDone);
  CHECK(bench.Find(Config("b")) != nullptr);
}

}  // namespace
}  // namespace holdfast
