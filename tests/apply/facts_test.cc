#include "apply/facts.h"

#include "tests/apply/example_objects.h"

namespace holdfast {
namespace {

std::string Text(const Facts& facts) {
  std::vector<std::string> parts;
  for (const ObjectRef& ref : facts.objects) parts.push_back(ref.ToString());
  for (const Snapshot::Listed& list : facts.lists) {
    parts.push_back("all " + list.kind +
                    (list.name_space.empty() ? "" : " in " + list.name_space));
  }
  return Joined(parts);
}

Object Config(const std::string& name) { return Make("v1 ConfigMap default/" + name); }

/// A set of two whose engine needs no decommissioning.
Object Replica() {
  return Make("apps/v1 StatefulSet default/db",
              "'spec':{'replicas':2,'template':{'spec':{'containers':[{'name':'m','image':'"
              "mysql:8.4.3'}]}},'volumeClaimTemplates':[{'metadata':{'name':'d'},'spec':{'"
              "storageClassName':''}}]}");
}

Object LeftBy(const std::string& claim) {
  return Make("v1 PersistentVolume pv-" + claim,
              "'spec':{'claimRef':{'namespace':'default','name':'" + claim +
                  "','uid':'old'}},'status':{'phase':'Released'}");
}

const char* kDataMount = "'name':'data','mountPath':'/var/lib/mysql'";

const char* kForDeletion =
    "Namespace default, all PersistentVolume, all PersistentVolumeClaim in default, all "
    "Pod in default, all DaemonSet in default, all Deployment in default, all "
    "StatefulSet in default, all CronJob in default, all Job in default";

TEST_CASE("a plan without deletions lists nothing but the claims that templates make") {
  World world;
  for (const Object& object : Example()) world.Unchanged(object);
  CHECK(Text(FactsNeeded(world.input)) == "all PersistentVolumeClaim in default");
  World bump;
  bump.Changed(Wordpress(), Wordpress())
      .Unchanged(MysqlSecret())
      .Unchanged(Claim("wordpress"));
  CHECK(FactsNeeded(bump.input).lists.empty());
}

TEST_CASE("what is asked for") {
  struct Row {
    std::string sentence;
    World world;
    std::string facts;
  };
  World unconfirmed;
  unconfirmed.Removed(Config("x")).input.inventory.entries.begin()->second.uid = "";
  World no_prune;
  no_prune.Removed(Config("x")).input.prune = false;
  const Row rows[] = {
      {"a deletion", World().Removed(Config("x")), kForDeletion},
      {"an object that was never ours", unconfirmed, ""},
      {"an object that stays",
       World().Removed(Make("v1 ConfigMap default/x", "",
                            "'annotations':{'holdfast.dev/prune':'disabled'}")),
       ""},
      {"an object that another sync has by now",
       World().Removed(Make("v1 ConfigMap default/x", "",
                            "'labels':{'applyset.kubernetes.io/part-of':'theirs'}")),
       ""},
      {"no pruning", no_prune, ""},
      {"a reference to something else", World().Added(Wordpress()),
       "PersistentVolumeClaim default/wordpress, Secret default/mysql-root-password"},
      {"a reference that is live",
       World()
           .Added(Make("v1 Pod default/p",
                       "'spec':{'containers':[],'imagePullSecrets':[{'name':'r'}]}"))
           .Live(Make("v1 Secret default/r")),
       ""},
      {"a reference within Git",
       World()
           .Added(Make("v1 Pod default/p",
                       "'spec':{'containers':[],'imagePullSecrets':[{'name':'r'}]}"))
           .Added(Make("v1 Secret default/r")),
       ""},
      {"a new claim", World().Added(Claim("mysql")).Added(LocalPath()),
       "all PersistentVolume"},
      {"a claim that changes",
       World().Changed(Claim("mysql", kBound), Claim("mysql", kBound)),
       "PersistentVolume pv-mysql, StorageClass local-path"},
      {"a class that goes", World().Removed(LocalPath()),
       "all PersistentVolume, all PersistentVolumeClaim, all StatefulSet"},
      {"claims of a set that changes",
       World()
           .Changed(Cassandra("'replicas':1"), Cassandra("'replicas':2"))
           .Live(CassandraService())
           .Live(LocalPath()),
       "all PersistentVolume, all PersistentVolumeClaim in default"},
      {"a new set", World().Added(Cassandra()).Live(CassandraService()).Live(LocalPath()),
       "PersistentVolumeClaim default/data-cassandra-0, PersistentVolumeClaim "
       "default/data-cassandra-1, PersistentVolumeClaim default/data-cassandra-2, all "
       "PersistentVolume"},
      {"a set that comes back, once the volumes are known",
       World()
           .Added(Replica())
           .Live(LeftBy("d-db-1"))
           .Live(LeftBy("d-db-2"))
           .Live(LeftBy("other-0"))
           .Lists("", "PersistentVolume"),
       "PersistentVolumeClaim default/d-db-1, all StorageClass"},
      {"claims that pods own",
       World()
           .Changed(Mysql("", kDataMount, "'ephemeral':{}"),
                    Mysql("", kDataMount, "'ephemeral':{}"))
           .Live(MysqlSecret()),
       "all PersistentVolumeClaim in default, all Pod in default"},
      {"a claim that only an unchanged workload names",
       World().Unchanged(Mysql()).Live(MysqlSecret()),
       "PersistentVolumeClaim default/mysql"},
      {"the volume of a claim that somebody has deleted",
       World().Unchanged(Mysql()).Live(MysqlSecret()).Live(
           Make("v1 PersistentVolumeClaim default/mysql", "'spec':{'volumeName':'pv-mysql'}",
                "'deletionTimestamp':'2026-01-01T00:00:00Z'")),
       "PersistentVolume pv-mysql"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    CHECK(Text(FactsNeeded(row.world.input)) == row.facts);
  }
}

TEST_CASE("asking ends, whatever the answers are") {
  World world;
  world.Removed(LocalPath()).Removed(Config("x")).Added(Wordpress());
  world.Changed(Claim("mysql", kBound), Claim("mysql", kBound));
  Facts asked;
  int rounds = 0;
  for (Facts needed = FactsNeeded(world.input); !needed.empty();
       needed = FactsNeeded(world.input, asked)) {
    REQUIRE(++rounds <= 3);
    asked.objects.insert(asked.objects.end(), needed.objects.begin(),
                         needed.objects.end());
    asked.lists.insert(asked.lists.end(), needed.lists.begin(), needed.lists.end());
  }
}

TEST_CASE("with the facts that were asked for, no deletion is held") {
  const Object removed[] = {Config("x"),
                            Make("v1 Secret default/s"),
                            Make("v1 Service default/s"),
                            Make("v1 ServiceAccount default/a"),
                            Make("scheduling.k8s.io/v1 PriorityClass p"),
                            Make("node.k8s.io/v1 RuntimeClass r"),
                            Make("storage.k8s.io/v1 StorageClass c"),
                            Make("storage.k8s.io/v1 CSIDriver d"),
                            Make("networking.k8s.io/v1 IngressClass i"),
                            Make("rbac.authorization.k8s.io/v1 Role default/r"),
                            Make("rbac.authorization.k8s.io/v1 ClusterRole r"),
                            Make("apps/v1 Deployment default/d"),
                            Cassandra("'replicas':0")};
  for (const Object& object : removed) {
    CAPTURE(object.ref().ToString());
    World world;
    world.Unchanged(Config("stays")).Unchanged(Config("stays-too")).Removed(object);
    const Facts facts = FactsNeeded(world.input);
    world.input.live.listed = facts.lists;
    const Plan plan = MakePlan(world.input);
    const Change* change = ChangeOf(plan, object.ref().ToString());
    REQUIRE(change != nullptr);
    CHECK(Joined(Brief(change->findings)) == "");
  }
}

}  // namespace
}  // namespace holdfast
