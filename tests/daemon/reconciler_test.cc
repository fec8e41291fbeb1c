#include "daemon/reconciler.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

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
    const auto turn = reconciler.Begin(revision, judged, {}, [](const std::string&) {});
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

}  // namespace
}  // namespace holdfast
