#include "apply/rest.h"

#include "apply/approval.h"
#include "tests/apply/approval_rows.h"
#include "tests/apply/example_objects.h"

namespace holdfast {
namespace {

/// What the rest of the world's plan would write, sorted by ref.
std::string Written(const World& world) {
  const Plan plan = MakePlan(world.input);
  REQUIRE(Stops(plan.set.verdict()));
  const auto rest = RestOf(world.input, plan);
  if (!rest) return "nothing";
  CHECK(rest->input.partial);
  CHECK_FALSE(Stops(rest->plan.set.verdict()));
  std::vector<std::string> written;
  for (const Change& change : rest->plan.set.changes) {
    CHECK(change.action != Action::kDelete);
    CHECK(change.action != Action::kDetach);
    if (change.action != Action::kNone && change.action != Action::kKeep) {
      written.push_back(change.ref.kind + "/" + change.ref.name);
    }
  }
  std::sort(written.begin(), written.end());
  return Joined(written);
}

Object Config(const std::string& name) { return Make("v1 ConfigMap default/" + name); }

/// A Deployment whose pods read a ConfigMap and mount a claim, where they are named.
Object App(const std::string& name, const std::string& config = "",
           const std::string& claim = "", const std::string& image = "app:1") {
  std::string volumes;
  if (!claim.empty()) {
    volumes =
        ",'volumes':[{'name':'d','persistentVolumeClaim':{'claimName':'" + claim + "'}}]";
  }
  const std::string env =
      config.empty() ? "" : ",'envFrom':[{'configMapRef':{'name':'" + config + "'}}]";
  return Make("apps/v1 Deployment default/" + name,
              "'spec':{'replicas':1,'strategy':{'type':'Recreate'},'selector':{'"
              "matchLabels':{'app':'" +
                  name + "'}},'template':{'metadata':{'labels':{'app':'" + name +
                  "'}},'spec':{'containers':[{'name':'c','image':'" + image + "'" + env +
                  "}]" + volumes + "}}}");
}

/// A revision that removes the claim of MySQL: refused.
World WithoutTheClaim() {
  World world;
  world.ListsAll();
  world.Removed(Claim("mysql", kBound)).Live(VolumeFor("mysql"));
  world.Unchanged(Config("other"));
  return world;
}

TEST_CASE(
    "what has nothing to do with what is stopped is applied, and nothing is deleted") {
  World world = WithoutTheClaim();
  world.Added(Config("fresh"))
      .Changed(App("web", "", "", "app:1"), App("web", "", "", "app:2"))
      .Removed(Config("old"));
  // "fresh" may be "old" under another name.
  CHECK(Written(world) == "Deployment/web");
}

TEST_CASE("with no deletion of its kind a creation is applied") {
  World world = WithoutTheClaim();
  world.Added(Config("fresh"));
  CHECK(Written(world) == "ConfigMap/fresh");
}

TEST_CASE("what mounts the claim that is stopped, and what that reads, waits with it") {
  World world = WithoutTheClaim();
  const Object before = App("mysql", "mysql", "mysql");
  world.Changed(before, App("mysql", "mysql", "", "app:2"))
      .Changed(Config("mysql"), Config("mysql"))
      .Changed(Config("apart"), Config("apart"));
  CHECK(Written(world) == "ConfigMap/apart");
}

TEST_CASE(
    "a workload that does not change leads from what is stopped to what shares it") {
  World world = WithoutTheClaim();
  world.Unchanged(App("web", "web", "mysql")).Changed(Config("web"), Config("web"));
  world.Changed(Config("apart"), Config("apart"));
  CHECK(Written(world) == "ConfigMap/apart");
}

TEST_CASE("what rests on an approval waits with what is stopped") {
  World world = WithoutTheClaim();
  world
      .Changed(Cassandra("'replicas':1"),
               Cassandra("'replicas':1,'persistentVolumeClaimRetentionPolicy':"
                         "{'whenDeleted':'Delete'}"))
      .Live(CassandraService())
      .Live(LocalPath())
      .Added(Config("fresh"));
  world.input.live.server_time = kNoon;
  world.input.approvals = {InApprovals(AcceptSpec(
      "{'hazard':'H-B2','targets':[{'kind':'StatefulSet','namespace':'default',"
      "'name':'cassandra','uid':'uid-cassandra'}]}"))};
  const Plan plan = MakePlan(world.input);
  REQUIRE(plan.approvals.size() == 1);
  CHECK(Written(world) == "ConfigMap/fresh");
}

TEST_CASE("a finding about the revision as a whole stops all of it") {
  World world = WithoutTheClaim();
  world.Added(Config("fresh"));
  world.input.revision_findings.push_back({"H-H3", Ruling::kHold, "a file", "mend it"});
  CHECK(Written(world) == "nothing");
  World many;
  many.ListsAll().Added(Make("v1 Secret default/fresh"));
  for (int i = 0; i < 12; ++i) many.Removed(Config("c" + std::to_string(i)));
  CHECK(Written(many) == "nothing");
}

TEST_CASE("where all has to do with what is stopped there is no rest") {
  World world = WithoutTheClaim();
  world.Changed(App("mysql", "", "mysql"), App("mysql", "", "mysql", "app:2"));
  CHECK(Written(world) == "nothing");
}

TEST_CASE("a part wants and prunes nothing of what it leaves out") {
  World world;
  world.ListsAll().Unchanged(Config("a")).Added(Config("b")).Removed(Config("c"));
  const PlanInput part = PartOf(world.input, {Config("b").ref()});
  const Plan plan = MakePlan(part);
  CHECK(plan.steps.size() == 1);
  for (const Change& change : plan.set.changes) CHECK(change.action != Action::kDelete);
}

}  // namespace
}  // namespace holdfast
