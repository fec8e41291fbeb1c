#include "tests/apply/judged.h"

namespace holdfast {
namespace {

TEST_CASE("fewer replicas") {
  const std::string when_scaled =
      "'persistentVolumeClaimRetentionPolicy':{'whenScaled':'Delete'}";
  struct Row {
    std::string sentence;
    std::string before;
    std::string after;
    std::string findings;
  };
  const Row rows[] = {
      {"as many", "'replicas':3", "'replicas':3", ""},
      {"more", "'replicas':3", "'replicas':5", ""},
      {"one less", "'replicas':3", "'replicas':2", "H-F6 refuse"},
      {"none", "'replicas':3", "'replicas':0", "H-F6 refuse"},
      {"dropped from Git", "'replicas':3", "", "H-F7 refuse"},
      {"dropped where it is one", "'replicas':1", "", ""},
      {"less, and the claims go", "'replicas':3," + when_scaled,
       "'replicas':2," + when_scaled, "H-B3 refuse, H-F6 refuse"},
      {"more, where claims would go", "'replicas':3," + when_scaled,
       "'replicas':4," + when_scaled, ""},
      {"shifted ordinals, and the claims go", "'replicas':3," + when_scaled,
       "'replicas':3,'ordinals':{'start':1}," + when_scaled, "H-B3 refuse"},
      {"Retain and less in one step is too early", "'replicas':3," + when_scaled,
       "'replicas':2,'persistentVolumeClaimRetentionPolicy':{'whenScaled':'Retain'}",
       "H-B3 refuse, H-F6 refuse"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    CHECK(WhenChanged(Cassandra(row.before), Cassandra(row.after), CassandraAround()) ==
          row.findings);
  }
  const Object stop = Make("apps/v1 StatefulSet default/c", "'spec':{'replicas':0}",
                           "'annotations':{'holdfast.dev/stopped':'true'}");
  CHECK(WhenChanged(Make("apps/v1 StatefulSet default/c", "'spec':{'replicas':3}"),
                    stop) == "");
  CHECK(WhenChanged(Mysql(), Mysql("'replicas':0,'strategy':{'type':'Recreate'}"),
                    MysqlAround()) == "H-F6 warn");
}

TEST_CASE("the claims that would go are named") {
  World world;
  const std::string policy =
      ",'persistentVolumeClaimRetentionPolicy':{'whenScaled':'Delete'}";
  world.Changed(Cassandra("'replicas':3" + policy), Cassandra("'replicas':1" + policy));
  const Plan plan = MakePlan(world.input);
  const Change* change = ChangeOf(plan, "StatefulSet default/cassandra");
  const auto found =
      std::find_if(change->findings.begin(), change->findings.end(),
                   [](const Finding& one) { return one.hazard == "H-B3"; });
  REQUIRE(found != change->findings.end());
  CHECK(found->reason.find("data-cassandra-1, data-cassandra-2") != std::string::npos);
}

TEST_CASE("letting Kubernetes delete claims needs a person") {
  const std::string armed =
      "'replicas':3,'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'Delete'}";
  CHECK(WhenChanged(Cassandra(), Cassandra(armed), CassandraAround()) == "H-B2 approval");
  CHECK(WhenChanged(Cassandra(armed), Cassandra(armed), CassandraAround()) == "");
  CHECK(WhenChanged(Cassandra(armed), Cassandra(), CassandraAround()) == "");
  World world;
  world.Added(Cassandra(armed)).Live(CassandraService()).Live(LocalPath());
  CHECK(Judged(world, Cassandra().ref()) == "H-B2 approval");
}

Object Sized(const std::string& size, const std::string& status) {
  return Make("v1 PersistentVolumeClaim default/c",
              "'spec':{'storageClassName':'fast','resources':{'requests':{'storage':'" +
                  size + "'}}},'status':{" + status + "}");
}
Object Fast(const std::string& members) {
  return Make("storage.k8s.io/v1 StorageClass fast", members);
}

TEST_CASE("a claim's size") {
  const std::string bound = "'phase':'Bound','capacity':{'storage':'2Gi'}";
  const Object grows = Fast("'allowVolumeExpansion':true");
  const Object fixed = Fast("'provisioner':'x'");
  struct Row {
    std::string sentence;
    Object before;
    std::string size;
    std::vector<Object> around;
    std::string findings;
  };
  const Row rows[] = {
      {"written another way", Sized("2Gi", bound), "2048Mi", {grows}, ""},
      {"grows", Sized("2Gi", bound), "3Gi", {grows}, ""},
      {"grows, which the class forbids",
       Sized("2Gi", bound),
       "3Gi",
       {fixed},
       "H-D5 refuse"},
      {"grows before it is bound",
       Sized("2Gi", "'phase':'Pending'"),
       "3Gi",
       {grows},
       "H-D5 refuse"},
      {"shrinks", Sized("2Gi", bound), "1Gi", {grows}, "H-D4 refuse"},
      {"shrinks by a unit", Sized("2Gi", bound), "2G", {grows}, "H-D4 refuse"},
      {"takes back a growth that failed",
       Sized("9Gi", bound),
       "3Gi",
       {grows},
       "H-D4 warn"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    CHECK(WhenChanged(row.before, Sized(row.size, bound), row.around) == row.findings);
  }
  World gap;
  gap.Changed(Sized("2Gi", bound), Sized("3Gi", bound))
      .Gap("storage.k8s.io", "StorageClass");
  CHECK(Judged(gap, Sized("1", "").ref()) == "H-D5 hold, H-G8 hold");
}

Object Volume(const std::string& policy, const std::string& claim_ref,
              const std::string& phase) {
  return Make("v1 PersistentVolume pv",
              "'spec':{'persistentVolumeReclaimPolicy':'" + policy + "'" +
                  (claim_ref.empty() ? "" : ",'claimRef':{" + claim_ref + "}") +
                  "},'status':{'phase':'" + phase + "'}");
}

TEST_CASE("the fields of a volume that its data depend on") {
  const std::string held = "'namespace':'default','name':'c','uid':'u1'";
  const std::string named = "'namespace':'default','name':'c'";
  struct Row {
    std::string sentence;
    Object before;
    Object after;
    std::string findings;
  };
  const Row rows[] = {
      {"the same", Volume("Retain", named, "Bound"), Volume("Retain", named, "Bound"),
       ""},
      {"Retain becomes Delete", Volume("Retain", "", "Bound"),
       Volume("Delete", "", "Bound"), "H-A4 approval"},
      {"Retain becomes Delete where the claim is gone", Volume("Retain", "", "Released"),
       Volume("Delete", "", "Released"), "H-A4 refuse"},
      {"Delete becomes Retain", Volume("Delete", "", "Bound"),
       Volume("Retain", "", "Bound"), ""},
      {"the holder is dropped", Volume("Retain", held, "Bound"),
       Volume("Retain", "", "Bound"), "H-A5 refuse"},
      {"the holder is another", Volume("Retain", named, "Bound"),
       Volume("Retain", "'namespace':'default','name':'d'", "Bound"), "H-A5 refuse"},
      {"the holder is one past claim", Volume("Retain", "", "Available"),
       Volume("Retain", held, "Available"), "H-A5 refuse"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    CHECK(WhenChanged(row.before, row.after) == row.findings);
  }
}

TEST_CASE("two pods on one volume") {
  const std::string rolling = "'replicas':1,'strategy':{'type':'RollingUpdate'}";
  const std::string recreate = "'replicas':1,'strategy':{'type':'Recreate'}";
  CHECK(WhenChanged(Mysql(recreate), Mysql(recreate), MysqlAround()) == "");
  CHECK(WhenChanged(Mysql(recreate), Mysql("'replicas':1"), MysqlAround()) ==
        "H-E1 refuse");
  CHECK(WhenChanged(Mysql(recreate), Mysql(rolling), MysqlAround()) == "H-E1 refuse");
  CHECK(WhenChanged(Mysql(rolling), Mysql(rolling), MysqlAround()) == "H-E1 warn");
  CHECK(WhenChanged(Mysql(recreate), Mysql("'replicas':2,'strategy':{'type':'Recreate'}"),
                    MysqlAround()) == "H-E2 refuse");
  World fresh;
  fresh.ListsAll().Added(Mysql(rolling)).Live(MysqlSecret()).Live(Claim("mysql"));
  CHECK(Judged(fresh, Mysql().ref()) == "H-E1 refuse");
  World many = fresh;
  many.Live(Make("v1 PersistentVolumeClaim default/mysql",
                 "'spec':{'accessModes':['ReadWriteMany']}"));
  CHECK(Judged(many, Mysql().ref()) == "");
}

TEST_CASE("where an engine keeps its data") {
  const std::string recreate = "'replicas':1,'strategy':{'type':'Recreate'}";
  const std::string mount = "'name':'data','mountPath':'/var/lib/mysql'";
  struct Row {
    std::string sentence;
    std::string mount;
    std::string source;
    std::string findings;
  };
  const std::string same = "'persistentVolumeClaim':{'claimName':'mysql'}";
  const Row rows[] = {
      {"the same", mount, same, ""},
      {"a slash more", "'name':'data','mountPath':'/var/lib/mysql/'", same, ""},
      {"another claim", mount, "'persistentVolumeClaim':{'claimName':'other'}",
       "H-C2 refuse"},
      {"no claim any more", mount, "'emptyDir':{}", "H-C2 refuse"},
      {"mounted elsewhere", "'name':'data','mountPath':'/data'", same, "H-C3 refuse"},
      {"mounted above", "'name':'data','mountPath':'/var/lib'", same, "H-C3 refuse"},
      {"with a subPath", mount + ",'subPath':'x'", same, "H-C3 refuse"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    std::vector<Object> around = MysqlAround();
    around.push_back(Claim("other", kBound));
    CHECK(WhenChanged(Mysql(recreate), Mysql(recreate, row.mount, row.source), around) ==
          row.findings);
  }
}

TEST_CASE("a claim that somebody has deleted freezes what uses it") {
  const Object going =
      Make("v1 PersistentVolumeClaim default/mysql", "'status':{'phase':'Bound'}",
           "'deletionTimestamp':'2026-01-01T00:00:00Z'");
  World claim;
  claim.Unchanged(going);
  CHECK(Judged(claim, going.ref()) == "H-A2 hold");
  CHECK(WhenChanged(Mysql(), Mysql(), {MysqlSecret(), going}) == "H-A2 hold");
  World quiet;
  quiet.Unchanged(Mysql()).Live(MysqlSecret()).Live(going);
  CHECK(Judged(quiet, Mysql().ref()) == "");
}

TEST_CASE("a claim that comes back does not get its data back") {
  const auto with = [](const std::string& claim_ref) {
    World world;
    world.Added(Claim("mysql"))
        .Live(LocalPath())
        .Live(Volume("Retain", claim_ref, "Released"));
    return Judged(world, Claim("mysql").ref());
  };
  CHECK(with("'namespace':'default','name':'mysql','uid':'u1'") == "H-C6 approval");
  CHECK(with("'namespace':'default','name':'mysql'") == "");
  CHECK(with("'namespace':'other','name':'mysql','uid':'u1'") == "");
}

TEST_CASE("what is managed by somebody else is adopted with a warning") {
  const auto adopt = [](const std::string& metadata, bool ours) {
    const Object config = Make("v1 ConfigMap default/c", "", metadata);
    World world;
    world.Unchanged(config);
    if (!ours) world.input.inventory.entries.clear();
    return Judged(world, config.ref());
  };
  const std::string helm = "'annotations':{'meta.helm.sh/release-name':'r'}";
  CHECK(adopt(helm, false) == "H-H8 warn");
  CHECK(adopt(helm, true) == "");
  CHECK(adopt("'labels':{'argocd.argoproj.io/instance':'a'}", false) == "H-H8 warn");
  CHECK(adopt("'labels':{'app':'a'}", false) == "");
}

}  // namespace
}  // namespace holdfast
