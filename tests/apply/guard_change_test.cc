#include <algorithm>

#include "tests/apply/approval_rows.h"
#include "tests/apply/rule_cases.h"

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

TEST_CASE("claims that go with their pods are approved one by one, volumes kept") {
  const std::string policy =
      ",'persistentVolumeClaimRetentionPolicy':{'whenScaled':'Delete'}";
  const auto set = [&](int replicas) {
    return Make("apps/v1 StatefulSet default/db",
                "'spec':{'replicas':" + std::to_string(replicas) + policy +
                    ",'template':{'spec':{'containers':[{'name':'m','image':'mysql:8.4.6'}"
                    "]}},'volumeClaimTemplates':[{'metadata':{'name':'data'}}]}");
  };
  World world;
  world.ListsAll().Changed(set(2), set(1));
  world.input.live.server_time = kNoon;
  for (const char* name : {"data-db-0", "data-db-1"}) {
    world.Live(Claim(name, kBound));
    world.Live(VolumeFor(name, "Delete",
                         "'csi':{'driver':'d','volumeHandle':'" + std::string(name) + "'}"));
  }
  const auto judged = [&](const World& one) {
    return Joined(
        Brief(ChangeOf(MakePlan(one.input), "StatefulSet default/db")->findings));
  };
  CHECK(judged(world) == "H-B3 refuse, H-F6 warn");
  const auto target = [](const std::string& name) {
    return "{'kind':'PersistentVolumeClaim','namespace':'default','name':'" + name +
           "','uid':'uid-" + name + "','pv':'pv-" + name + "','pvUid':'uid-pv-" + name +
           "'}";
  };
  World approved = world;
  approved.input.approvals.push_back(
      InApprovals(DetachSpec("{'targets':[" + target("data-db-1") + "]}")));
  CHECK(judged(approved) == "H-F6 warn");
  const Plan plan = MakePlan(approved.input);
  const auto report =
      std::find_if(plan.set.volumes.begin(), plan.set.volumes.end(),
                   [](const VolumeReport& one) { return one.claim == "default/data-db-1"; });
  REQUIRE(report != plan.set.volumes.end());
  CHECK(report->fate == VolumeFate::kDetached);
  World other = world;
  other.input.approvals.push_back(
      InApprovals(DetachSpec("{'targets':[" + target("data-db-0") + "]}")));
  CHECK(judged(other) == "H-B3 refuse, H-F6 warn");
  World unread = approved;
  unread.input.live.gaps.push_back(
      {{"", "PersistentVolumeClaim", "default", "data-db-2"}, {ErrorCode::kDenied, "no"}});
  CHECK(judged(unread) == "H-B3 refuse, H-F6 warn");
  World unlisted = approved;
  unlisted.Gap("", "PersistentVolume");
  CHECK(judged(unlisted) == "H-B3 refuse, H-F6 warn");
  World shared = approved;
  shared.Live(VolumeFor("twin", "Retain", "'csi':{'driver':'d','volumeHandle':'data-db-1'}"));
  CHECK(judged(shared) == "H-B3 refuse, H-F6 warn");
}

TEST_CASE("a resource of an operator changes in what decides over data") {
  struct Row {
    std::string sentence;
    std::string head;
    std::string before;
    std::string after;
    std::string findings;
  };
  const std::string cassandra = "cassandra.datastax.com/v1 CassandraDatacenter default/dc1";
  const std::string percona = "ps.percona.com/v1 PerconaServerMySQL default/ps";
  const std::string kafka = "kafka.strimzi.io/v1beta2 KafkaNodePool default/k";
  const std::string kruise = "apps.kruise.io/v1beta1 StatefulSet default/s";
  const auto size = [](const std::string& storage) {
    return "'spec':{'storageConfig':{'cassandraDataVolumeClaimSpec':{'resources':{'requests'"
           ":{'storage':'" +
           storage + "'}}}}}";
  };
  const Row rows[] = {
      {"more members", cassandra, "'spec':{'size':3}", "'spec':{'size':4}", ""},
      {"fewer members", cassandra, "'spec':{'size':3}", "'spec':{'size':2}",
       "H-A9 approval"},
      {"a rack more", cassandra, "'spec':{'racks':[{'name':'r1'}]}",
       "'spec':{'racks':[{'name':'r2'},{'name':'r1'}]}", ""},
      {"a rack less", cassandra, "'spec':{'racks':[{'name':'r1'},{'name':'r2'}]}",
       "'spec':{'racks':[{'name':'r2'}]}", "H-F5 refuse"},
      {"larger volumes", cassandra, size("1Gi"), size("2Gi"), ""},
      {"the same in other words", cassandra, size("1Gi"), size("1024Mi"), ""},
      {"smaller volumes", cassandra, size("2Gi"), size("1Gi"), "H-D4 refuse"},
      {"a patch of the engine", cassandra, "'spec':{'serverVersion':'4.1.7'}",
       "'spec':{'serverVersion':'4.1.8'}", ""},
      {"the next release", cassandra, "'spec':{'serverVersion':'4.1.7'}",
       "'spec':{'serverVersion':'5.0.2'}", "H-F10 approval"},
      {"an older release", cassandra, "'spec':{'serverVersion':'4.1.7'}",
       "'spec':{'serverVersion':'3.11.7'}", "H-F10 refuse"},
      {"an image that tells no version", percona, "'spec':{'mysql':{'image':'p:8.4.6'}}",
       "'spec':{'mysql':{'image':'p:main'}}", "H-F10 approval"},
      {"a claim less likely to stay", kafka, "'spec':{'storage':{'deleteClaim':false}}",
       "'spec':{'storage':{'deleteClaim':true}}", "H-A9 approval"},
      {"a claim that now stays", kafka, "'spec':{'storage':{'deleteClaim':true}}",
       "'spec':{'storage':{'deleteClaim':false}}", ""},
      {"OpenKruise, armed", kruise, "'spec':{}",
       "'spec':{'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'Delete'}}",
       "H-A9 approval"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    CHECK(WhenChanged(Make(row.head, row.before), Make(row.head, row.after)) ==
          row.findings);
  }
  const std::string finalizer = "'finalizers':['percona.com/delete-mysql-pvc']";
  CHECK(WhenChanged(Make(percona), Make(percona, "", finalizer)) == "H-A9 approval");
  CHECK(WhenChanged(Make(percona, "", finalizer), Make(percona)) == "");
  const std::string keeps =
      "'annotations':{'cassandra.datastax.com/delete-pvc':'false'}";
  CHECK(WhenChanged(Make(cassandra, "", keeps), Make(cassandra)) == "H-A9 approval");
  CHECK(WhenChanged(Make(cassandra), Make(cassandra, "", keeps)) == "");
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
      {"grows", Sized("2Gi", bound), "3Gi", {grows}, "H-D5 warn"},
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
      {"the holder is one claim no longer", Volume("Retain", held, "Released"),
       Volume("Retain", named, "Released"), "H-A5 refuse"},
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

/// MySQL with `source` mounted at `path`.
Object MysqlOn(const std::string& source, const std::string& path = "/var/lib/mysql",
               const std::string& spec = "'replicas':1,'strategy':{'type':'Recreate'}") {
  return Mysql(spec, "'name':'data','mountPath':'" + path + "'", source);
}

/// A set without claims, of one container that mounts an ephemeral volume at /data.
Object RunnerSet(const std::string& spec, const std::string& image) {
  return Make("apps/v1 StatefulSet default/runner",
              "'spec':{" + spec +
                  ",'template':{'metadata':{},'spec':{'containers':[{'name':'r','image':'" +
                  image +
                  "','volumeMounts':[{'name':'v','mountPath':'/data'}]}],'volumes':[{'name'"
                  ":'v','ephemeral':{}}]}}}");
}

TEST_CASE("data that a pod owns go with the pod") {
  const std::string own = "'ephemeral':{}";
  const std::string one = "'replicas':1,'strategy':{'type':'Recreate'}";
  const std::string none = "'replicas':0,'strategy':{'type':'Recreate'}";
  const char* const label = "/spec/template/metadata/labels/team";
  const auto rolled = [&](const Object& object) { return With(object, label, "'db'"); };
  const Object moved = MysqlOn("'persistentVolumeClaim':{'claimName':'mysql'}");
  const Object beside = With(MysqlOn(own, "/scratch"), "/spec/template/spec/volumes/1",
                             "{'name':'d','persistentVolumeClaim':{'claimName':'mysql'}}");
  const Object scratch =
      With(beside, "/spec/template/spec/containers/0/volumeMounts/1",
           "{'name':'d','mountPath':'/var/lib/mysql'}");
  const Object below = With(scratch, "/spec/template/spec/containers/0/volumeMounts/0",
                            "{'name':'data','mountPath':'/var/lib/mysql/binlog'}");
  const Object web = With(MysqlOn(own), "/spec/template/spec/containers/0/image", "'web:1'");
  const Object waits = RunnerSet("'replicas':3,'updateStrategy':{'type':'OnDelete'}",
                                 "redis:7.4.1");
  const Object held = RunnerSet(
      "'replicas':3,'updateStrategy':{'rollingUpdate':{'partition':3}}", "redis:7.4.1");
  const Object behind = With(With(held, label, "'db'"), "/status",
                             "{'replicas':3,'updatedReplicas':0}");
  const Object let_go =
      With(behind, "/spec/updateStrategy/rollingUpdate/partition", "1");
  struct Row {
    std::string sentence;
    Object before;
    Object after;
    std::string findings;
  };
  const Row rows[] = {
      {"another template", MysqlOn(own), rolled(MysqlOn(own)), "H-B1 refuse"},
      {"mounted above", MysqlOn(own, "/var/lib"), rolled(MysqlOn(own, "/var/lib")),
       "H-B1 refuse"},
      {"a part of the data", below, rolled(below), "H-B1 refuse"},
      {"moved to a claim", MysqlOn(own), moved, "H-B1 refuse"},
      {"stopped", MysqlOn(own), MysqlOn(own, "/var/lib/mysql", none),
       "H-B1 refuse, H-F6 warn"},
      {"a member leaves", RunnerSet("'replicas':3", "redis:7.4.1"),
       RunnerSet("'replicas':2", "redis:7.4.1"), "H-B1 refuse, H-F6 warn"},
      {"members are counted from another ordinal", RunnerSet("'replicas':3", "redis:7.4.1"),
       RunnerSet("'replicas':3,'ordinals':{'start':1}", "redis:7.4.1"), "H-B1 refuse"},
      {"held back members are let go", behind, let_go, "H-B1 refuse"},
      {"nothing of the pods", MysqlOn(own), With(MysqlOn(own), "/metadata/labels", "{'a':'b'}"),
       ""},
      {"there are no pods", MysqlOn(own, "/var/lib/mysql", none), MysqlOn(own), ""},
      {"members wait for somebody", waits, rolled(waits), "H-G2 warn"},
      {"members are held back", held, rolled(held), "H-G2 warn"},
      {"more members", RunnerSet("'replicas':2", "redis:7.4.1"),
       RunnerSet("'replicas':3", "redis:7.4.1"), ""},
      {"scratch beside the data", scratch, rolled(scratch), ""},
      {"of a program that is no engine", web, rolled(web), ""},
      {"of a set of an unknown program", RunnerSet("'replicas':1", "x:1"),
       rolled(RunnerSet("'replicas':1", "x:1")), "H-B1 warn"},
      {"on an emptyDir", MysqlOn("'emptyDir':{}"), rolled(MysqlOn("'emptyDir':{}")),
       "H-B1 warn"},
      {"an emptyDir beside the data", MysqlOn("'emptyDir':{}", "/tmp"),
       rolled(MysqlOn("'emptyDir':{}", "/tmp")), ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    World world;
    world.ListsAll().Changed(row.before, row.after);
    for (const Object& object : MysqlAround()) world.Live(object);
    auto& fields = world.input.predictions[row.after.ref()].fields;
    if (row.before.json()["spec"]["template"] != row.after.json()["spec"]["template"]) {
      fields = {{"spec.template.metadata.labels.team", Json(), Json("db"), ""}};
    }
    CHECK(Judged(world, row.after.ref()) == row.findings);
  }
  World fresh;
  fresh.ListsAll().Added(MysqlOn(own)).Live(MysqlSecret());
  CHECK(Judged(fresh, Mysql().ref()) == "H-B1 warn");
  Json job = MysqlOn(own, "/backup").json();
  job["apiVersion"] = "batch/v1";
  job["kind"] = "Job";
  World dump;
  dump.ListsAll().Added(*Object::Make(job)).Live(MysqlSecret());
  CHECK(Judged(dump, Object::Make(job)->ref()) == "");
}

TEST_CASE("the claims that would go with their pods are named") {
  World world;
  world.ListsAll().Changed(MysqlOn("'ephemeral':{}"),
                           With(MysqlOn("'ephemeral':{}"),
                                "/spec/template/metadata/labels/team", "'db'"));
  const std::string owned_by =
      "'labels':{'pod-template-hash':'7d'},'ownerReferences':[{'apiVersion':'apps/v1','kind':"
      "'ReplicaSet','controller':true,'name':'";
  world.Live(Make("v1 Pod default/wordpress-mysql-7d-x", "",
                  owned_by + "wordpress-mysql-7d'}]"))
      .Live(Make("v1 Pod default/other-7d-x", "", owned_by + "other-7d'}]"))
      .Live(Claim("wordpress-mysql-7d-x-data", kBound))
      .Live(Claim("other-7d-x-data", kBound))
      .Live(MysqlSecret());
  const Plan plan = MakePlan(world.input);
  const Change* change = ChangeOf(plan, Mysql().ref().ToString());
  REQUIRE(change != nullptr);
  REQUIRE(Joined(Brief(change->findings)) == "H-B1 refuse");
  const auto refusal = std::find_if(change->findings.begin(), change->findings.end(),
                                    [](const Finding& one) { return one.hazard == "H-B1"; });
  CHECK(refusal->reason.ends_with("(wordpress-mysql-7d-x-data)"));
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
  CHECK(Judged(quiet, Mysql().ref()) == "H-A2 warn");
}

TEST_CASE("how a claim that goes gets its volume back depends on who makes it") {
  const auto remedy = [](const Object& user, const std::string& claim) {
    Json json = VolumeFor(claim, "Retain").json();
    json["metadata"]["labels"]["holdfast.dev/quarantine"] = "uid-" + claim;
    const Object going = With(With(Claim(claim, kBound), "/metadata/deletionTimestamp",
                                   "'2026-01-01T00:00:00Z'"),
                              "/metadata/uid", "'uid-" + claim + "'");
    World world;
    world.Changed(user, user).Live(going).Live(*Object::Make(json));
    const Plan plan = MakePlan(world.input);
    for (const Finding& one : ChangeOf(plan, user.ref().ToString())->findings) {
      if (one.hazard == "H-A2") return one.remedy;
    }
    return std::string();
  };
  CHECK(remedy(Mysql(), "mysql").find("the next sync makes the claim again") !=
        std::string::npos);
  const std::string of_set = remedy(Cassandra(), "data-cassandra-1");
  CHECK(of_set.find("would make an empty claim at once") != std::string::npos);
  CHECK(of_set.find("--replicas=0") != std::string::npos);
}

TEST_CASE("a claim that comes back does not get its data back") {
  const auto with = [](const std::string& claim_ref) {
    World world;
    world.Added(Claim("mysql"))
        .Added(Mysql())
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
