#include "apply/guard.h"
#include "tests/apply/example_objects.h"

namespace holdfast {
namespace {

Rejection Invalid(const std::string& field, const std::string& message) {
  return {Rejection::Kind::kInvalid, 422, "x is invalid: " + field + ": " + message,
          {{field, message, ""}}};
}

std::string Judged(const World& world, const ObjectRef& ref) {
  const Plan plan = MakePlan(world.input);
  const Change* change = ChangeOf(plan, ref.ToString());
  REQUIRE(change != nullptr);
  CheckWords(change->findings);
  CheckWords(plan.set.findings);
  return Joined(Brief(change->findings));
}

/// The world in which `before` becomes `after`, with what the example needs around it.
std::string WhenChanged(const Object& before, const Object& after,
                        const std::vector<Object>& around = {}) {
  World world;
  world.Changed(before, after);
  for (const Object& object : around) world.Live(object);
  return Judged(world, after.ref());
}

std::vector<Object> MysqlAround() { return {MysqlSecret(), Claim("mysql", kBound)}; }
std::vector<Object> CassandraAround() { return {CassandraService(), LocalPath()}; }

Object WithSpec(const Object& object, const std::string& field, const std::string& value) {
  Json json = object.json();
  json["spec"][field] = J(value);
  return *Object::Make(json);
}

Object WithoutSpec(const Object& object, const std::string& field) {
  Json json = object.json();
  json["spec"].erase(field);
  return *Object::Make(json);
}

TEST_CASE("fields that Kubernetes keeps as they are") {
  const std::string set_message =
      "Forbidden: updates to statefulset spec for fields other than 'replicas' are forbidden";
  struct Row {
    std::string sentence;
    Object before;
    Object after;
    Rejection rejection;
    std::string findings;
  };
  const Object claim = Claim("c", kBound);
  const auto of = [](const std::string& head) { return Make(head); };
  const std::string fixed = "Invalid value: \"x\": field is immutable";
  const Row rows[] = {
      {"a claim's class", claim, claim, Invalid("spec", "Forbidden: spec is immutable after creation"),
       "H-C5 refuse"},
      {"a set's selector", Cassandra(),
       WithSpec(Cassandra(), "selector", "{'matchLabels':{'app':'other'}}"),
       Invalid("spec", set_message), "H-D6 refuse"},
      {"a set's Service, and its count is dropped", Cassandra(),
       WithoutSpec(WithSpec(Cassandra(), "serviceName", "'other'"), "replicas"),
       Invalid("spec", set_message), "H-D7 refuse, H-F18 hold, H-F7 refuse"},
      {"a set's start order", Cassandra(),
       WithSpec(Cassandra(), "podManagementPolicy", "'Parallel'"),
       Invalid("spec", set_message), "H-D2 refuse"},
      {"a set's templates", Cassandra(), Cassandra(), Invalid("spec", set_message), "H-D3 refuse"},
      {"a Deployment's selector", of("apps/v1 Deployment default/d"), of("apps/v1 Deployment default/d"),
       Invalid("spec.selector", fixed), "H-D6 refuse"},
      {"a Service's address", of("v1 Service default/s"), of("v1 Service default/s"),
       Invalid("spec.clusterIPs[0]", "Invalid value: []: may not change once set"), "H-D8 refuse"},
      {"a frozen Secret", of("v1 Secret default/s"), of("v1 Secret default/s"),
       Invalid("data", "Forbidden: field is immutable when `immutable` is set"), "H-D9 refuse"},
      {"a Secret's type", of("v1 Secret default/s"), of("v1 Secret default/s"),
       Invalid("type", fixed), "H-D9 refuse"},
      {"a Job's template", of("batch/v1 Job default/j"), of("batch/v1 Job default/j"),
       Invalid("spec.template", fixed), "H-D10 refuse"},
      {"a class's parameters", of("storage.k8s.io/v1 StorageClass c"),
       of("storage.k8s.io/v1 StorageClass c"),
       Invalid("parameters", "Forbidden: updates to parameters are forbidden."), "H-D11 refuse"},
      {"a binding's role", of("rbac.authorization.k8s.io/v1 RoleBinding default/b"),
       of("rbac.authorization.k8s.io/v1 RoleBinding default/b"),
       Invalid("roleRef", "Invalid value: {}: cannot change roleRef"), "H-D2 refuse"},
      {"a wrong value is no immutable field", of("v1 Service default/s"), of("v1 Service default/s"),
       Invalid("spec.clusterIPs[0]", "Invalid value: \"x\": must be a valid IP address"), ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    World world;
    world.Rejected(row.before, row.after, row.rejection);
    world.Live(LocalPath()).Live(CassandraService()).Live(Make("v1 PersistentVolume pv-c"));
    // Git owned the count, so dropping it counts.
    if (row.findings.find("H-F7") != std::string::npos) {
      Json json = AsLive(row.before).json();
      json["metadata"]["managedFields"] =
          J("[{'manager':'holdfast','operation':'Apply','fieldsV1':{'f:spec':{'f:replicas':{}}}}]");
      world.Live(*Object::Make(json));
    }
    CHECK(Judged(world, row.after.ref()) == row.findings);
    CHECK(IsGuardMatter(row.rejection, row.after) == !row.findings.empty());
  }
}

TEST_CASE("which rejections the guard answers for") {
  const Object claim = Claim("c");
  struct Row {
    std::string sentence;
    Rejection rejection;
    bool guard;
  };
  const Row rows[] = {
      {"a field of another manager", {Rejection::Kind::kFieldConflict, 409, "", {}}, true},
      {"growth that the class forbids",
       {Rejection::Kind::kForbidden, 403,
        "only dynamically provisioned pvc can be resized and the storageclass that provisions the "
        "pvc must support resize", {}}, true},
      {"shrinking",
       Invalid("spec.resources.requests.storage",
               "Forbidden: field can not be less than status.capacity"), true},
      {"the same with the cause in the message alone",
       {Rejection::Kind::kInvalid, 422,
        "PersistentVolumeClaim \"c\" is invalid: spec: Forbidden: spec is immutable after creation",
        {}}, true},
      {"no rights", {Rejection::Kind::kForbidden, 403, "user cannot patch", {}}, false},
      {"quota", {Rejection::Kind::kForbidden, 403, "exceeded quota: storage", {}}, false},
      {"a misspelled field", {Rejection::Kind::kUnknownField, 500, ".spec.x: not declared", {}}, false},
      {"admission", {Rejection::Kind::kAdmission, 400, "field is immutable", {}}, false},
      {"validation", Invalid("spec.resources", "Required value"), false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    CHECK(IsGuardMatter(row.rejection, claim) == row.guard);
  }
}

TEST_CASE("another manager's field is named, with its manager") {
  World world;
  Rejection rejection{Rejection::Kind::kFieldConflict, 409, "conflict",
                      {{".spec.replicas", "conflict with \"kubectl\"", "kubectl"}}};
  world.Rejected(Cassandra(), Cassandra(), rejection).Live(CassandraService()).Live(LocalPath());
  const Plan plan = MakePlan(world.input);
  const Change* change = ChangeOf(plan, "StatefulSet default/cassandra");
  REQUIRE(change != nullptr);
  REQUIRE(Joined(Brief(change->findings)) == "H-E7 refuse");
  CHECK(change->findings[0].reason.find("spec.replicas (kubectl)") != std::string::npos);
}

TEST_CASE("fewer replicas") {
  const std::string when_scaled = "'persistentVolumeClaimRetentionPolicy':{'whenScaled':'Delete'}";
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
      {"less, and the claims go", "'replicas':3," + when_scaled, "'replicas':2," + when_scaled,
       "H-B3 refuse, H-F6 refuse"},
      {"more, where claims would go", "'replicas':3," + when_scaled, "'replicas':4," + when_scaled, ""},
      {"shifted ordinals, and the claims go", "'replicas':3," + when_scaled,
       "'replicas':3,'ordinals':{'start':1}," + when_scaled, "H-B3 refuse"},
      {"Retain and less in one step is too early", "'replicas':3," + when_scaled,
       "'replicas':2,'persistentVolumeClaimRetentionPolicy':{'whenScaled':'Retain'}",
       "H-B3 refuse, H-F6 refuse"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    CHECK(WhenChanged(Cassandra(row.before), Cassandra(row.after), CassandraAround()) == row.findings);
  }
  const Object stop = Make("apps/v1 StatefulSet default/c", "'spec':{'replicas':0}",
                           "'annotations':{'holdfast.dev/stopped':'true'}");
  CHECK(WhenChanged(Make("apps/v1 StatefulSet default/c", "'spec':{'replicas':3}"), stop) == "");
  CHECK(WhenChanged(Mysql(), Mysql("'replicas':0,'strategy':{'type':'Recreate'}"), MysqlAround()) ==
        "H-F6 warn");
}

TEST_CASE("the claims that would go are named") {
  World world;
  const std::string policy = ",'persistentVolumeClaimRetentionPolicy':{'whenScaled':'Delete'}";
  world.Changed(Cassandra("'replicas':3" + policy), Cassandra("'replicas':1" + policy));
  const Plan plan = MakePlan(world.input);
  const Change* change = ChangeOf(plan, "StatefulSet default/cassandra");
  const auto found = std::find_if(change->findings.begin(), change->findings.end(),
                                  [](const Finding& one) { return one.hazard == "H-B3"; });
  REQUIRE(found != change->findings.end());
  CHECK(found->reason.find("data-cassandra-1, data-cassandra-2") != std::string::npos);
}

TEST_CASE("letting Kubernetes delete claims needs a person") {
  const std::string armed = "'replicas':3,'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'Delete'}";
  CHECK(WhenChanged(Cassandra(), Cassandra(armed), CassandraAround()) == "H-B2 approval");
  CHECK(WhenChanged(Cassandra(armed), Cassandra(armed), CassandraAround()) == "");
  CHECK(WhenChanged(Cassandra(armed), Cassandra(), CassandraAround()) == "");
  World world;
  world.Added(Cassandra(armed)).Live(CassandraService()).Live(LocalPath());
  CHECK(Judged(world, Cassandra().ref()) == "H-B2 approval");
}

Object Sized(const std::string& size, const std::string& status) {
  return Make("v1 PersistentVolumeClaim default/c",
              "'spec':{'storageClassName':'fast','resources':{'requests':{'storage':'" + size +
                  "'}}},'status':{" + status + "}");
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
      {"grows, which the class forbids", Sized("2Gi", bound), "3Gi", {fixed}, "H-D5 refuse"},
      {"grows before it is bound", Sized("2Gi", "'phase':'Pending'"), "3Gi", {grows}, "H-D5 refuse"},
      {"shrinks", Sized("2Gi", bound), "1Gi", {grows}, "H-D4 refuse"},
      {"shrinks by a unit", Sized("2Gi", bound), "2G", {grows}, "H-D4 refuse"},
      {"takes back a growth that failed", Sized("9Gi", bound), "3Gi", {grows}, "H-D4 warn"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    CHECK(WhenChanged(row.before, Sized(row.size, bound), row.around) == row.findings);
  }
  World gap;
  gap.Changed(Sized("2Gi", bound), Sized("3Gi", bound)).Gap("storage.k8s.io", "StorageClass");
  CHECK(Judged(gap, Sized("1", "").ref()) == "H-D5 hold, H-G8 hold");
}

Object Volume(const std::string& policy, const std::string& claim_ref, const std::string& phase) {
  return Make("v1 PersistentVolume pv",
              "'spec':{'persistentVolumeReclaimPolicy':'" + policy + "'" +
                  (claim_ref.empty() ? "" : ",'claimRef':{" + claim_ref + "}") + "},'status':{'phase':'" +
                  phase + "'}");
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
      {"the same", Volume("Retain", named, "Bound"), Volume("Retain", named, "Bound"), ""},
      {"Retain becomes Delete", Volume("Retain", "", "Bound"), Volume("Delete", "", "Bound"),
       "H-A4 approval"},
      {"Retain becomes Delete where the claim is gone", Volume("Retain", "", "Released"),
       Volume("Delete", "", "Released"), "H-A4 refuse"},
      {"Delete becomes Retain", Volume("Delete", "", "Bound"), Volume("Retain", "", "Bound"), ""},
      {"the holder is dropped", Volume("Retain", held, "Bound"), Volume("Retain", "", "Bound"),
       "H-A5 refuse"},
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
  CHECK(WhenChanged(Mysql(recreate), Mysql("'replicas':1"), MysqlAround()) == "H-E1 refuse");
  CHECK(WhenChanged(Mysql(recreate), Mysql(rolling), MysqlAround()) == "H-E1 refuse");
  CHECK(WhenChanged(Mysql(rolling), Mysql(rolling), MysqlAround()) == "H-E1 warn");
  CHECK(WhenChanged(Mysql(recreate), Mysql("'replicas':2,'strategy':{'type':'Recreate'}"),
                    MysqlAround()) == "H-E2 refuse");
  World fresh;
  fresh.Added(Mysql(rolling)).Live(MysqlSecret()).Live(Claim("mysql"));
  CHECK(Judged(fresh, Mysql().ref()) == "H-E1 refuse");
  World many = fresh;
  many.Live(Make("v1 PersistentVolumeClaim default/mysql", "'spec':{'accessModes':['ReadWriteMany']}"));
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
      {"another claim", mount, "'persistentVolumeClaim':{'claimName':'other'}", "H-C2 refuse"},
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
  const Object going = Make("v1 PersistentVolumeClaim default/mysql", "'status':{'phase':'Bound'}",
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
    world.Added(Claim("mysql")).Live(LocalPath()).Live(Volume("Retain", claim_ref, "Released"));
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

TEST_CASE("a reference to what is nowhere holds") {
  const auto judged = [](const World& world) { return Judged(world, Wordpress().ref()); };
  World world;
  world.Added(Wordpress(), "wordpress.yaml");
  CHECK(judged(world) == "H-F2 hold");
  world.Live(MysqlSecret());
  CHECK(judged(world) == "H-F2 hold");
  World in_git = world;
  in_git.Added(Claim("wordpress"));
  CHECK(judged(in_git) == "");
  world.Live(Claim("wordpress", kBound));
  CHECK(judged(world) == "");
  world.Gap("", "Secret");
  world.input.live.objects.erase(MysqlSecret().ref());
  CHECK(judged(world) == "H-F2 hold");
}

TEST_CASE("missing things have the hazard of their kind") {
  const auto judged = [](const Object& object) {
    World world;
    world.Added(object);
    return Judged(world, object.ref());
  };
  CHECK(judged(Claim("c")) == "H-G8 hold");
  CHECK(judged(Make("apps/v1 StatefulSet default/s", "'spec':{'serviceName':'s'}")) == "H-F18 hold");
  CHECK(judged(Make("v1 Pod default/p", "'spec':{'containers':[],'serviceAccountName':'a'}")) ==
        "H-G10 hold");
  CHECK(judged(Make("v1 Pod default/p",
                    "'spec':{'containers':[{'envFrom':[{'secretRef':{'name':'s','optional':true}}]}]}")) ==
        "H-F2 warn");
  CHECK(judged(Make("v1 ConfigMap default/c", "",
                    "'annotations':{'holdfast.dev/depends-on':'Secret/default/typo'}")) == "H-F2 hold");
  CHECK(judged(Make("v1 ConfigMap default/c", "",
                    "'annotations':{'holdfast.dev/depends-on':'mysql'}")) == "H-F2 hold");
  CHECK(judged(Make("v1 ConfigMap default/c", "",
                    "'annotations':{'holdfast.dev/depends-on':'Nonsense/default/x'}")) == "H-F2 hold");
}

TEST_CASE("a class that is only a name of volumes made by hand is not missing") {
  World world;
  world.Added(Claim("c")).Live(Make("v1 PersistentVolume pv", "'spec':{'storageClassName':'local-path'}"));
  CHECK(Judged(world, Claim("c").ref()) == "");
}

TEST_CASE("a key that the Secret does not have is refused") {
  World world;
  world.Added(Mysql()).Added(Claim("mysql")).Added(LocalPath());
  World good = world;
  good.Added(MysqlSecret());
  CHECK(Judged(good, Mysql().ref()) == "");
  World renamed = world;
  renamed.Added(Make("v1 Secret default/mysql-root-password", "'stringData':{'pass':'x'}"));
  CHECK(Judged(renamed, Mysql().ref()) == "H-F2 refuse");
  World live = world;
  live.Live(Make("v1 Secret default/mysql-root-password", "'data':{'password':'eA=='}"));
  CHECK(Judged(live, Mysql().ref()) == "");
}

}  // namespace
}  // namespace holdfast
