#include "apply/lease.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "apply/leased_cluster.h"

namespace holdfast {
namespace {

using std::chrono::seconds;

class TwoClocks : public Clock {
 public:
  TimePoint Now() const override { return steady; }
  long long SecondsSinceEpoch() const override { return epoch; }
  void Pass(int time) {
    steady += seconds(time);
    epoch += time;
  }
  TimePoint steady{std::chrono::hours(1)};
  long long epoch = 1'795'511'160;
};

/// Keeps objects by name with resourceVersions, and tells watches of nothing: whoever
/// waits looks at the clock.
class SmallCluster : public Cluster {
 public:
  explicit SmallCluster(TwoClocks& clock) : clock_(clock) {}

  std::string Address() const override { return "https://api"; }
  Result<std::string> Uid() override { return std::string("c1"); }
  long long ServerTime() const override { return clock_.epoch; }
  Result<const Discovery*> Discover() override { return Internal("not asked"); }
  Result<const Discovery*> Rediscover() override { return Internal("not asked"); }
  std::vector<Result<Json>> ReadDocuments(const std::vector<std::string>&) override {
    return {};
  }
  std::vector<Result<Object>> Get(const std::vector<ObjectKey>& keys) override {
    const auto found = objects.find(keys.front().name);
    if (found == objects.end()) return {NotFound(keys.front().name)};
    return {found->second};
  }
  std::vector<Result<ObjectList>> List(const std::vector<ListCall>&) override {
    ObjectList list;
    for (const auto& [name, object] : objects) list.objects.push_back(object);
    list.resource_version = std::to_string(version_);
    return {list};
  }
  std::vector<ApplyAnswer> Apply(const std::vector<ApplyCall>& calls) override {
    sent.emplace_back(calls.front().mode == WriteMode::kDryRun ? "dry run" : "apply");
    if (meanwhile) meanwhile();
    if (std::exchange(lose_next_answer, false)) return {Error{ErrorCode::kTimeout, "no answer"}};
    std::vector<ApplyAnswer> answers;
    for (const ApplyCall& call : calls) answers.emplace_back(call.object);
    return answers;
  }
  std::vector<ApplyAnswer> Patch(const std::vector<PatchCall>& calls) override {
    sent.emplace_back("patch");
    return {calls.front().live};
  }
  ApplyAnswer Create(const Object& object) override {
    if (objects.contains(object.ref().name)) return Conflict();
    return Keep(object);
  }
  ApplyAnswer Replace(const Object& object) override {
    const auto found = objects.find(object.ref().name);
    if (found == objects.end() ||
        found->second.resource_version() != object.resource_version()) {
      return Conflict();
    }
    return Keep(object);
  }
  Status Delete(Permit, WriteMode) override {
    sent.emplace_back("delete");
    return {};
  }
  WatchId Watch(const ListCall&, const std::string&) override { return 1; }
  void Unwatch(WatchId) override {}
  std::vector<WatchEvent> WaitForEvents(std::chrono::milliseconds) override {
    clock_.Pass(1);
    if (meanwhile) meanwhile();
    std::vector<WatchEvent> events;
    for (const auto& [name, object] : objects) {
      events.push_back({1, WatchEvent::Kind::kChanged, object, object.resource_version(), ""});
    }
    return events;
  }

  std::map<std::string, Object> objects;
  std::vector<std::string> sent;  ///< But for what the lease itself writes.
  std::function<void()> meanwhile;  ///< While somebody waits, or objects are applied.
  bool lose_next_answer = false;

 private:
  static Rejection Conflict() { return {Rejection::Kind::kConflict, 409, "it has changed", {}}; }
  ApplyAnswer Keep(const Object& object) {
    Object kept = object.AtResourceVersion(std::to_string(++version_));
    objects.insert_or_assign(object.ref().name, kept);
    if (std::exchange(lose_next_answer, false)) return Error{ErrorCode::kTimeout, "no answer"};
    return kept;
  }

  TwoClocks& clock_;
  int version_ = 0;
};

struct Fixture {
  TwoClocks clock;
  SmallCluster cluster{clock};
  std::string dead;
  bool cancelled = false;
  std::vector<std::string> said;

  Lease Of(const std::string& who) {
    return Lease(cluster, clock,
                 {.place = {.name_space = "holdfast-system", .sync = "s"},
                  .identity = who,
                  .is_dead = [this](const std::string& other) { return other == dead; },
                  .cancelled = [this] { return cancelled; }});
  }
  Result<Lease::Taken> Take(Lease& lease, int wait = 0) {
    return lease.Take(seconds(wait), [this](const std::string& what) { said.push_back(what); });
  }
  /// Another run, "pod", takes what `holder` has and takes for its own yet.
  void TakeAwayFrom(const std::string& holder) {
    dead = holder;
    Lease thief = Of("pod");
    REQUIRE(thief.Look().ok());
    REQUIRE(Take(thief).ok());
  }
};

Object AnObject() {
  return Object::Make({{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "x"}}}})
      .value();
}

TEST_CASE("one run at a time: the second is told who holds it and since when") {
  Fixture given;
  Lease one = given.Of("laptop");
  Lease other = given.Of("pod");
  REQUIRE(one.Look().ok());
  REQUIRE(other.Look().ok());
  REQUIRE(given.Take(one).value() == Lease::Taken::kUndisturbed);
  CHECK(one.Check(Lease::Act::kDestroy).ok());

  const auto refused = given.Take(other, 5);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kTimeout);
  CHECK(refused.error().message.find("laptop, since 2026-11-24T") != std::string::npos);
  REQUIRE(given.said.size() == 1);  // At once, and not after the time is up.
  CHECK(given.said.front().find("laptop") != std::string::npos);
  CHECK_FALSE(other.held());
}

TEST_CASE("what was read before another run was at work must be read again") {
  Fixture given;
  Lease one = given.Of("laptop");
  Lease other = given.Of("pod");
  REQUIRE(one.Look().ok());
  REQUIRE(other.Look().ok());
  REQUIRE(given.Take(other).ok());
  REQUIRE(other.Release().ok());
  CHECK(given.Take(one).value() == Lease::Taken::kAfterOthers);
  REQUIRE(one.Release().ok());
  // The next look is as good as the first.
  REQUIRE(one.Look().ok());
  CHECK(given.Take(one).value() == Lease::Taken::kUndisturbed);
}

TEST_CASE("a holder that does not renew is waited for as long as its lease lasts, by our clock") {
  Fixture given;
  Lease gone = given.Of("laptop");
  REQUIRE(gone.Look().ok());
  REQUIRE(given.Take(gone).ok());
  given.clock.Pass(3600);  // Whatever the dates in it say, we have not seen it for long.
  Lease other = given.Of("pod");
  REQUIRE(other.Look().ok());
  CHECK_FALSE(given.Take(other, 29).ok());
  CHECK(given.Take(other, 5).value() == Lease::Taken::kAfterOthers);
}

TEST_CASE("a holder that renews keeps it, however long it takes") {
  Fixture given;
  Lease holder = given.Of("laptop");
  REQUIRE(holder.Look().ok());
  REQUIRE(given.Take(holder).ok());
  Lease other = given.Of("pod");
  REQUIRE(other.Look().ok());
  given.cluster.meanwhile = [&] { holder.Tend(); };
  CHECK_FALSE(given.Take(other, 300).ok());
  CHECK(holder.Check(Lease::Act::kDestroy).ok());
}

TEST_CASE("a holder that is certain to be dead is not waited for") {
  Fixture given;
  Lease killed = given.Of("laptop");
  REQUIRE(killed.Look().ok());
  REQUIRE(given.Take(killed).ok());
  given.dead = "laptop";
  Lease other = given.Of("pod");
  REQUIRE(other.Look().ok());
  CHECK(given.Take(other).value() == Lease::Taken::kAfterOthers);
}

TEST_CASE("who was frozen for longer than the lease writes nothing, taken or not") {
  for (const bool suspended : {false, true}) {
    for (const bool taken : {false, true}) {
      CAPTURE(suspended);
      CAPTURE(taken);
      Fixture given;
      Lease frozen = given.Of("laptop");
      LeasedCluster cluster(given.cluster, frozen);
      REQUIRE(frozen.Look().ok());
      REQUIRE(given.Take(frozen).ok());
      given.clock.Pass(31);
      // The clock of a machine that slept stands still; only its date shows the gap.
      if (suspended) given.clock.steady -= seconds(31);
      Lease other = given.Of("pod");
      if (taken) {
        given.dead = "laptop";
        REQUIRE(other.Look().ok());
        REQUIRE(given.Take(other).ok());
      }
      const auto answers = cluster.Apply({{AnObject(), WriteMode::kReal}});
      REQUIRE(std::holds_alternative<Error>(answers.front()));
      CHECK(std::get<Error>(answers.front()).code == ErrorCode::kConflict);
      CHECK(std::holds_alternative<Error>(cluster.Create(AnObject())));
      CHECK(given.cluster.sent.empty());
      CHECK(frozen.lost());
      REQUIRE(frozen.Release().ok());
      if (taken) CHECK(other.Check(Lease::Act::kDestroy).ok());
    }
  }
}

TEST_CASE("who is frozen between two parts of many writes sends no second part") {
  Fixture given;
  Lease frozen = given.Of("laptop");
  LeasedCluster cluster(given.cluster, frozen);
  REQUIRE(frozen.Look().ok());
  REQUIRE(given.Take(frozen).ok());
  given.cluster.meanwhile = [&] { given.clock.Pass(31); };
  const auto answers = cluster.Apply({1000, {AnObject(), WriteMode::kReal}});
  CHECK(given.cluster.sent.size() == 1);
  REQUIRE(answers.size() == 1000);
  CHECK(std::holds_alternative<Object>(answers.front()));
  CHECK(std::holds_alternative<Error>(answers.back()));
}

TEST_CASE("before a destructive call the server is asked, and a lease that was taken stops it") {
  Fixture given;
  Lease holder = given.Of("laptop");
  REQUIRE(holder.Look().ok());
  REQUIRE(given.Take(holder).ok());
  given.TakeAwayFrom("laptop");
  // A second ago it was renewed: our own clock sees nothing amiss.
  CHECK(holder.Check(Lease::Act::kWrite).ok());
  const Status stopped = holder.Check(Lease::Act::kDestroy);
  REQUIRE_FALSE(stopped.ok());
  CHECK(stopped.error().code == ErrorCode::kConflict);
  CHECK(stopped.error().message.find("pod has it now") != std::string::npos);
  CHECK_FALSE(holder.Check(Lease::Act::kWrite).ok());
}

TEST_CASE("a patch by which data go is asked about like a deletion; another one is not") {
  for (const bool destroys : {false, true}) {
    CAPTURE(destroys);
    Fixture given;
    Lease holder = given.Of("laptop");
    REQUIRE(holder.Look().ok());
    REQUIRE(given.Take(holder).ok());
    given.TakeAwayFrom("laptop");
    LeasedCluster cluster(given.cluster, holder);
    const auto answer = std::move(
        cluster.Patch({{AnObject(), Json::object(), WriteMode::kReal, destroys}}).front());
    CHECK(std::holds_alternative<Error>(answer) == destroys);
    CHECK(given.cluster.sent.empty() == destroys);
  }
}

TEST_CASE("a renewal whose answer was lost is no loss of the lease") {
  Fixture given;
  Lease holder = given.Of("laptop");
  REQUIRE(holder.Look().ok());
  REQUIRE(given.Take(holder).ok());
  given.clock.Pass(11);
  given.cluster.lose_next_answer = true;
  CHECK(holder.Check(Lease::Act::kWrite).ok());
  given.clock.Pass(11);
  CHECK(holder.Check(Lease::Act::kDestroy).ok());
  CHECK_FALSE(holder.lost());
}

TEST_CASE("a run that waits through an outage goes on, if nobody has taken the lease meanwhile") {
  for (const bool taken : {false, true}) {
    CAPTURE(taken);
    Fixture given;
    Lease holder = given.Of("laptop");
    REQUIRE(holder.Look().ok());
    REQUIRE(given.Take(holder).ok());
    given.clock.Pass(45);
    given.dead = taken ? "laptop" : "";
    Lease other = given.Of("pod");
    REQUIRE(other.Look().ok());
    CHECK(given.Take(other).ok() == taken);
    holder.Tend();
    CHECK(holder.Check(Lease::Act::kDestroy).ok() != taken);
    CHECK(holder.lost() == taken);
  }
}

TEST_CASE("a run that is asked to stop writes nothing more and gives its lease back") {
  Fixture given;
  Lease stopped = given.Of("laptop");
  LeasedCluster cluster(given.cluster, stopped);
  REQUIRE(stopped.Look().ok());
  REQUIRE(given.Take(stopped).ok());
  given.cancelled = true;
  const auto answers = cluster.Apply({{AnObject(), WriteMode::kReal}});
  REQUIRE(std::holds_alternative<Error>(answers.front()));
  CHECK(std::get<Error>(answers.front()).code == ErrorCode::kCancelled);
  CHECK(given.cluster.sent.empty());
  REQUIRE(stopped.Release().ok());
  given.cancelled = false;
  Lease other = given.Of("pod");
  REQUIRE(other.Look().ok());
  CHECK(given.Take(other).ok());
}

TEST_CASE("a lease outlives a write of which nobody knows whether it comes late") {
  Fixture given;
  Lease unsure = given.Of("laptop");
  LeasedCluster cluster(given.cluster, unsure);
  REQUIRE(unsure.Look().ok());
  REQUIRE(given.Take(unsure).ok());
  given.cluster.lose_next_answer = true;
  REQUIRE(std::holds_alternative<Error>(
      cluster.Apply({{AnObject(), WriteMode::kReal}}).front()));
  CHECK_FALSE(unsure.Release().ok());
  Lease other = given.Of("pod");
  REQUIRE(other.Look().ok());
  CHECK_FALSE(given.Take(other, 25).ok());
  CHECK(given.Take(other, 10).ok());
}

TEST_CASE("nothing is written without the lease; dry runs need none") {
  Fixture given;
  Lease lease = given.Of("laptop");
  LeasedCluster cluster(given.cluster, lease);
  CHECK(std::holds_alternative<Error>(cluster.Create(AnObject())));
  CHECK(std::holds_alternative<Error>(cluster.Replace(AnObject())));
  CHECK(std::holds_alternative<Error>(
      cluster.Apply({{AnObject(), WriteMode::kReal}}).front()));
  CHECK(std::holds_alternative<Error>(
      cluster.Patch({{AnObject(), Json::object(), WriteMode::kReal}}).front()));
  CHECK(given.cluster.sent.empty());
  CHECK(std::holds_alternative<Object>(cluster.Apply({{AnObject()}}).front()));
  CHECK(given.cluster.sent == std::vector<std::string>{"dry run"});
  REQUIRE(lease.Look().ok());
  REQUIRE(given.Take(lease).ok());
  CHECK(std::holds_alternative<Object>(
      cluster.Apply({{AnObject(), WriteMode::kReal}}).front()));
}

TEST_CASE("what was written is told apart from what was tried, refused, or is Holdfast's own") {
  Fixture given;
  Lease lease = given.Of("laptop");
  LeasedCluster cluster(given.cluster, lease, "own");
  (void)cluster.Create(AnObject());
  CHECK_FALSE(cluster.wrote());
  REQUIRE(lease.Look().ok());
  REQUIRE(given.Take(lease).ok());
  Json book = AnObject().json();
  book["metadata"]["namespace"] = "own";
  (void)cluster.Apply({{AnObject()}});
  (void)cluster.Create(*Object::Make(std::move(book)));
  CHECK_FALSE(cluster.wrote());
  (void)cluster.Apply({{AnObject(), WriteMode::kReal}});
  CHECK(cluster.wrote());
  cluster.ForgetWrites();
  CHECK_FALSE(cluster.wrote());
}

}  // namespace
}  // namespace holdfast
