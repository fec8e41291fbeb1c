#include "apply/plan.h"
#include "tests/apply/example_objects.h"

namespace holdfast {
namespace {

Object Config(int i) { return Make("v1 ConfigMap default/c" + std::to_string(i)); }

std::string OfRevision(const World& world) {
  const Plan plan = MakePlan(world.input);
  CheckWords(plan.set.findings);
  return Joined(Brief(plan.set.findings));
}

/// `removed` of `known` ConfigMaps go.
std::string WhenRemoved(int removed, int known) {
  World world;
  world.ListsAll();
  for (int i = 0; i < known; ++i) {
    if (i < removed) {
      world.Removed(Config(i));
    } else {
      world.Unchanged(Config(i));
    }
  }
  return OfRevision(world);
}

TEST_CASE("many deletions at once need a person") {
  CHECK(WhenRemoved(0, 5) == "");
  CHECK(WhenRemoved(4, 9) == "");
  CHECK(WhenRemoved(9, 9) == "H-H1 hold");  // Nothing left in Git: a failed read.
  CHECK(WhenRemoved(3, 10) == "");
  CHECK(WhenRemoved(4, 10) == "H-H1 approval");
  CHECK(WhenRemoved(10, 100) == "");
  CHECK(WhenRemoved(11, 100) == "H-H1 approval");
  World all_but_new;
  all_but_new.ListsAll().Removed(Config(1)).Added(Config(2));
  CHECK(OfRevision(all_but_new) == "H-H1 approval");
}

TEST_CASE("two documents that are one object are refused, both places named") {
  World world;
  world.Added(Config(1)).Added(Config(2));
  world.input.desired.push_back({Config(1), {"copy.yaml", 2, 9}, nullptr});
  const Plan plan = MakePlan(world.input);
  REQUIRE(plan.set.changes.size() == 2);
  const Change& change = plan.set.changes.front();
  REQUIRE(Joined(Brief(change.findings)) == "H-H4 refuse");
  CheckWords(change.findings);
  CHECK(change.findings.front().reason.find("copy.yaml:9") != std::string::npos);
  CHECK(change.findings.front().reason.find("a.yaml:1") != std::string::npos);
  CHECK(Stops(plan.set.verdict()));
}

TEST_CASE("an inventory of something else stops everything") {
  const auto with = [](const auto& change) {
    World world;
    world.Unchanged(Config(1));
    world.input.repo = "https://git.example.com/a.git";
    world.input.path = "prod";
    world.input.inventory.repo = world.input.repo;
    world.input.inventory.path = world.input.path;
    change(world.input);
    return OfRevision(world);
  };
  CHECK(with([](PlanInput&) {}) == "");
  CHECK(with([](PlanInput& input) { input.live.cluster_uid = "cluster-2"; }) ==
        "H-I8 hold");
  CHECK(with([](PlanInput& input) { input.repo = "https://git.example.com/b.git"; }) ==
        "H-H7 hold");
  CHECK(with([](PlanInput& input) { input.path = "test"; }) == "H-H7 hold");
  CHECK(with([](PlanInput& input) { input.inventory.sync = "other"; }) == "H-H7 hold");
  CHECK(with([](PlanInput& input) { input.repo = ""; }) == "");
  CHECK(with([](PlanInput& input) {
          input.inventory = {};
          input.live.cluster_uid = "cluster-2";
        }) == "");
}

std::string Rename(const Object& removed, const Object& added) {
  World world;
  world.ListsAll()
      .Unchanged(Config(1))
      .Unchanged(CassandraService())
      .Unchanged(LocalPath());
  world.Removed(removed).Added(added);
  const Plan plan = MakePlan(world.input);
  std::string text;
  for (const Change& change : plan.set.changes) {
    for (const Finding& finding : change.findings) {
      if (finding.hazard == "H-C1") text += change.ref.name + " ";
    }
  }
  return text;
}

TEST_CASE("a rename of something with data is seen for what it is") {
  CHECK(Rename(Cassandra("'replicas':0"), Cassandra("'replicas':3", "cassandra-main")) ==
        "cassandra-main cassandra ");
  CHECK(Rename(Claim("mysql", kBound), Claim("mysql-data")) == "mysql-data mysql ");
  CHECK(Rename(Config(2), Config(3)) == "");
  const Object other = Make("apps/v1 StatefulSet default/other",
                            "'spec':{'template':{'spec':{'containers':[{'image':'redis'}]"
                            "}},'volumeClaimTemplates':[{'metadata':{'name':'d'}}]}");
  CHECK(Rename(Cassandra("'replicas':0"), other) == "");
}

TEST_CASE("the plan says what becomes of each object") {
  const auto action = [](const World& world, const Object& object) {
    const Plan plan = MakePlan(world.input);
    const Change* change = ChangeOf(plan, object.ref().ToString());
    return change == nullptr ? std::string("nothing")
                             : std::string(ToString(change->action));
  };
  const Object config = Config(1);
  CHECK(action(World().Added(config), config) == "create");
  CHECK(action(World().Unchanged(config), config) == "none");
  CHECK(action(World().Changed(config, config), config) == "update");

  World foreign;
  foreign.Unchanged(config).input.inventory.entries.clear();
  CHECK(action(foreign, config) == "adopt");
  World recreated;
  recreated.Unchanged(config).input.inventory.entries[config.ref()].uid = "before";
  CHECK(action(recreated, config) == "adopt");
  World unconfirmed;
  unconfirmed.Unchanged(config).input.inventory.entries[config.ref()].uid = "";
  CHECK(action(unconfirmed, config) == "none");
  World labels;
  labels.Unchanged(config).input.predictions[config.ref()].bookkeeping = true;
  CHECK(action(labels, config) == "adopt");

  World base;
  base.ListsAll().Unchanged(Config(9));
  World removed = base;
  CHECK(action(removed.Removed(config), config) == "delete");
  World gone = base;
  CHECK(action(gone.Ours(config), config) == "nothing");
  World another = removed;
  another.input.inventory.entries[config.ref()].uid = "before";
  CHECK(action(another, config) == "keep");
  World intent = removed;
  intent.input.inventory.entries[config.ref()].uid = "";
  CHECK(action(intent, config) == "keep");
  World no_prune = removed;
  no_prune.input.prune = false;
  CHECK(action(no_prune, config) == "keep");
  World foreign_only = base;
  CHECK(action(foreign_only.Live(config), config) == "nothing");
}

TEST_CASE("what another sync has adopted since is left alone") {
  const auto part_of = [](const std::string& set) {
    return Make("v1 ConfigMap default/c", "",
                set.empty() ? ""
                            : "'labels':{'applyset.kubernetes.io/part-of':'" + set + "'}");
  };
  const auto action = [&](const std::string& set) {
    World world;
    world.input.apply_set = "ours";
    world.ListsAll().Unchanged(Config(1)).Removed(part_of(set));
    const Plan plan = MakePlan(world.input);
    const Change* change = ChangeOf(plan, "ConfigMap default/c");
    REQUIRE(change != nullptr);
    CheckWords(change->findings);
    CHECK_FALSE(Stops(change->worst()));
    return std::string(ToString(change->action));
  };
  CHECK(action("ours") == "delete");
  CHECK(action("") == "delete");
  CHECK(action("theirs") == "keep");
}

TEST_CASE("a record of Holdfast itself that Git had is left alone") {
  const Object record = Make("v1 ConfigMap holdfast-system/holdfast-inventory-a");
  World world;
  world.ListsAll().Unchanged(Config(1)).Removed(record);
  CHECK(ChangeOf(MakePlan(world.input), record.ref().ToString())->action == Action::kKeep);
}

TEST_CASE("an object that says so is left alone") {
  for (const std::string annotation :
       {"'holdfast.dev/prune':'disabled'",
        "'kustomize.toolkit.fluxcd.io/prune':'disabled'",
        "'argocd.argoproj.io/sync-options':'Validate=false, Prune=false'",
        "'helm.sh/resource-policy':'keep'"}) {
    CAPTURE(annotation);
    const Object claim = Make("v1 PersistentVolumeClaim default/c", "",
                              "'annotations':{" + annotation + "}");
    World world;
    world.ListsAll().Unchanged(Config(1)).Removed(claim);
    const Plan plan = MakePlan(world.input);
    const Change* change = ChangeOf(plan, claim.ref().ToString());
    REQUIRE(change != nullptr);
    CHECK(change->action == Action::kKeep);
    CHECK(plan.set.verdict() == Ruling::kNote);
    CHECK(plan.steps.size() == 1);
  }
  const Object other =
      Make("v1 ConfigMap default/c", "",
           "'annotations':{'argocd.argoproj.io/sync-options':'NoPrune=false'}");
  World world;
  world.ListsAll().Unchanged(Config(1)).Removed(other);
  CHECK(ChangeOf(MakePlan(world.input), other.ref().ToString())->action ==
        Action::kDelete);
}

TEST_CASE("an inventory object that cannot be read holds") {
  World world;
  world.ListsAll()
      .Unchanged(Config(1))
      .Ours(Make("v1 Secret default/s"))
      .Gap("", "Secret");
  const Plan plan = MakePlan(world.input);
  const Change* change = ChangeOf(plan, "Secret default/s");
  REQUIRE(change != nullptr);
  CHECK(change->worst() == Ruling::kHold);
  CHECK(plan.steps.size() == 1);
}

TEST_CASE("a secret that goes with the claim that stays is one stopped revision") {
  World world;
  world.ListsAll().Unchanged(LocalPath());
  world.Removed(Claim("mysql", kBound)).Added(Config(1));
  const Plan plan = MakePlan(world.input);
  CHECK(Stops(plan.set.verdict()));
}

TEST_CASE("findings of lint are part of the plan") {
  World world;
  world.Added(Config(1));
  world.input.object_findings.emplace(
      Config(1).ref(), Finding{"H-B5", Ruling::kRefuse, "reason", "remedy"});
  world.input.revision_findings.push_back({"H-H4", Ruling::kWarn, "reason", ""});
  const Plan plan = MakePlan(world.input);
  CHECK(Joined(Brief(plan.set.changes[0].findings)) == "H-B5 refuse");
  CHECK(Joined(Brief(plan.set.findings)) == "H-H4 warn");
}

TEST_CASE("what lint has said is not said again by the guard") {
  World world;
  world.Added(Mysql("'replicas':1"))
      .Added(MysqlSecret())
      .Added(Claim("mysql"))
      .Added(LocalPath());
  world.input.object_findings.emplace(Mysql().ref(),
                                      Finding{"H-E1", Ruling::kRefuse, "lint", "remedy"});
  const Plan plan = MakePlan(world.input);
  const Change* change = ChangeOf(plan, Mysql().ref().ToString());
  REQUIRE(change != nullptr);
  REQUIRE(change->findings.size() == 1);
  CHECK(change->findings[0].reason == "lint");
}

TEST_CASE("every claim that a plan touches is accounted for") {
  const auto fates = [](const World& world) {
    std::string text;
    for (const VolumeReport& report : MakePlan(world.input).set.volumes) {
      CHECK_FALSE(report.reason.empty());
      text += report.claim + " " + std::string(ToString(report.fate)) + " " +
              report.volume + " " + report.capacity + " " + report.reclaim_policy + "\n";
    }
    return text;
  };
  World refused;
  refused.ListsAll().Unchanged(Config(1)).Removed(Claim("mysql", kBound));
  refused.Live(Make("v1 PersistentVolume pv-mysql",
                    "'spec':{'persistentVolumeReclaimPolicy':'Delete'}"));
  CHECK(fates(refused) == "default/mysql refused pv-mysql 20Gi Delete\n");

  World bump;
  bump.Changed(Mysql(), Mysql()).Live(Claim("mysql", kBound)).Live(MysqlSecret());
  CHECK(fates(bump) == "default/mysql kept pv-mysql 20Gi \n");

  World grown;
  grown.Changed(Cassandra("'replicas':1"), Cassandra("'replicas':2"));
  grown.Live(CassandraService())
      .Live(LocalPath())
      .Live(Claim("data-cassandra-0", kBound));
  CHECK(fates(grown) ==
        "default/data-cassandra-0 kept pv-data-cassandra-0 20Gi "
        "\ndefault/data-cassandra-1 created  10Gi \n");

  World fresh;
  fresh.Added(Claim("mysql")).Added(LocalPath());
  CHECK(fates(fresh) == "default/mysql created  20Gi \n");
  CHECK(fates(World().Unchanged(Claim("mysql", kBound)).Unchanged(LocalPath())) == "");
}

TEST_CASE("equal input, equal plan, in whatever order Git lists it") {
  World forward;
  World backward;
  auto objects = Example();
  for (const Object& object : objects) forward.Added(object);
  std::reverse(objects.begin(), objects.end());
  for (const Object& object : objects) backward.Added(object);
  const Plan a = MakePlan(forward.input);
  const Plan b = MakePlan(backward.input);
  REQUIRE(a.steps.size() == b.steps.size());
  for (std::size_t i = 0; i < a.steps.size(); ++i) {
    CHECK(a.steps[i].ref == b.steps[i].ref);
    CHECK(a.steps[i].wave == b.steps[i].wave);
    CHECK(a.steps[i].why == b.steps[i].why);
    CHECK(a.set.changes[i].ref == b.set.changes[i].ref);
  }
}

}  // namespace
}  // namespace holdfast
