#include "apply/quarantine.h"

#include "tests/apply/approval_rows.h"
#include "tests/apply/example_objects.h"
#include "tests/apply/judged.h"

namespace holdfast {
namespace {

/// The volume of a claim default/mysql that was detached, with `changes` merged in.
Object Quarantined(const std::string& changes = "{}",
                   const std::string& name = "pv-mysql") {
  Json json =
      J("{'apiVersion':'v1','kind':'PersistentVolume','metadata':{'name':'" + name +
        "','labels':{'holdfast.dev/quarantine':'old'}},'spec':{'capacity':{'storage':"
        "'20Gi'},'accessModes':['ReadWriteOnce'],'storageClassName':'local-path',"
        "'persistentVolumeReclaimPolicy':'Retain','claimRef':{'namespace':'default',"
        "'name':'mysql','uid':'old'}},'status':{'phase':'Released'}}");
  json.merge_patch(J(changes));
  return *Object::Make(json);
}

TEST_CASE("a claim that comes back gets its volume back, and no other") {
  struct Row {
    const char* sentence;
    Object volume;
    bool back;
  };
  const Row rows[] = {
      {"its own", Quarantined(), true},
      {"of another name", Quarantined("{'spec':{'claimRef':{'name':'x'}}}"), false},
      {"of another namespace", Quarantined("{'spec':{'claimRef':{'namespace':'x'}}}"),
       false},
      {"of another class", Quarantined("{'spec':{'storageClassName':'x'}}"), false},
      {"too small", Quarantined("{'spec':{'capacity':{'storage':'19Gi'}}}"), false},
      {"larger", Quarantined("{'spec':{'capacity':{'storage':'30Gi'}}}"), true},
      {"another access mode", Quarantined("{'spec':{'accessModes':['ReadOnlyMany']}}"),
       false},
      {"a block device", Quarantined("{'spec':{'volumeMode':'Block'}}"), false},
      {"still bound", Quarantined("{'status':{'phase':'Bound'}}"), false},
      {"not kept", Quarantined("{'spec':{'persistentVolumeReclaimPolicy':'Delete'}}"),
       false},
      {"not ours to give",
       Quarantined("{'metadata':{'labels':{'holdfast.dev/quarantine':null}}}"), false},
      {"labelled for another claim",
       Quarantined("{'metadata':{'labels':{'holdfast.dev/quarantine':'other'}}}"), false},
      {"on its way out",
       Quarantined("{'metadata':{'deletionTimestamp':'2026-01-01T00:00:00Z'}}"), false},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.sentence));
    World world;
    world.Lists("", "PersistentVolume").Live(row.volume).Live(LocalPath());
    const Rebinding found = FindRebinding(Claim("mysql"), world.input.live);
    CHECK((found.volume != nullptr) == row.back);
    world.Added(Claim("mysql"));
    const std::string judged = Judged(world, Claim("mysql").ref());
    if (row.back) CHECK(judged.empty());
    const Plan plan = MakePlan(world.input);
    REQUIRE(plan.set.volumes.size() == 1);
    CHECK((plan.set.volumes[0].fate == VolumeFate::kKept) == row.back);
  }
}

TEST_CASE("of several, the one that Git names") {
  World world;
  world.Lists("", "PersistentVolume").Live(LocalPath());
  world.Live(Quarantined("{}", "pv-1")).Live(Quarantined("{}", "pv-2"));
  CHECK(FindRebinding(Claim("mysql"), world.input.live).volume == nullptr);
  Json json = Claim("mysql").json();
  json["spec"]["volumeName"] = "pv-2";
  const Rebinding found = FindRebinding(*Object::Make(json), world.input.live);
  REQUIRE(found.volume != nullptr);
  CHECK(found.volume->ref().name == "pv-2");
  world.Added(Claim("mysql"));
  CHECK(Judged(world, Claim("mysql").ref()) == "H-C6 approval");
}

const std::string kTemplate =
    "'volumeClaimTemplates':[{'metadata':{'name':'data'},'spec':{'storageClassName':'"
    "local-path','accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'20Gi'}}"
    "}}]";

/// A set of MySQL whose members have claims data-db-0, ...
Object Members(int replicas, const std::string& templates = kTemplate) {
  return Make("apps/v1 StatefulSet default/db",
              "'spec':{'replicas':" + std::to_string(replicas) +
                  ",'template':{'spec':{'containers':[{'name':'m','image':'mysql:8.4.3'}]}}," +
                  templates + "}");
}

/// The volume that claim data-db-<ordinal> left.
Object LeftBy(int ordinal, const std::string& changes = "{}") {
  const std::string n = std::to_string(ordinal);
  Json json = Quarantined("{'spec':{'claimRef':{'name':'data-db-" + n + "'}}}", "pv-" + n).json();
  json.merge_patch(J(changes));
  return *Object::Make(json);
}

/// What is said about H-C6, notes too, when `before`, which may be null, becomes `after`.
std::string LeftBehind(const Object* before, const Object& after,
                       const std::vector<Object>& around) {
  World world;
  world.ListsAll().Live(LocalPath());
  if (before == nullptr) world.Added(after);
  if (before != nullptr) world.Changed(*before, after);
  for (const Object& object : around) world.Live(object);
  const Plan plan = MakePlan(world.input);
  const Change* change = ChangeOf(plan, after.ref().ToString());
  REQUIRE(change != nullptr);
  CheckWords(change->findings);
  std::string said;
  for (const Finding& one : change->findings) {
    if (one.hazard != "H-C6") continue;
    said += (said.empty() ? "" : ", ") + std::string(ToString(one.ruling));
  }
  return said;
}

TEST_CASE("a StatefulSet that comes back gets its volumes back, or a person is asked") {
  const std::string unlabelled = "{'metadata':{'labels':{'holdfast.dev/quarantine':null}}}";
  const Object none = Members(0);
  const Object one = Members(1);
  const Object three = Members(3);
  const std::vector<Object> all = {LeftBy(0), LeftBy(1), LeftBy(2)};
  const auto replaced = [](std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  };
  const Object classless =
      Members(3, replaced(kTemplate, "'storageClassName':'local-path',", ""));
  const Object is_default =
      Make("storage.k8s.io/v1 StorageClass local-path", "",
           "'annotations':{'storageclass.kubernetes.io/is-default-class':'true'}");
  struct Row {
    std::string sentence;
    const Object* before;
    Object after;
    std::vector<Object> around;
    std::string said;
  };
  const Row rows[] = {
      {"nothing was left", nullptr, three, {}, ""},
      {"a revert of its removal", nullptr, three, all, "note"},
      {"from 0 members", &none, three, all, "note"},
      {"one of its volumes", nullptr, three, {LeftBy(1)}, "note"},
      {"a member joins others", &one, three, all, "approval"},
      {"as many members", &three, three, all, ""},
      {"fewer members", &three, one, all, ""},
      {"a volume of a member that it has not", nullptr, one, {LeftBy(2)}, ""},
      {"not in quarantine", nullptr, three, {LeftBy(0, unlabelled)}, "approval"},
      {"one that comes back and one that does not", nullptr, three,
       {LeftBy(0), LeftBy(1, unlabelled)}, "note, approval"},
      {"reserved by hand", nullptr, three, {LeftBy(0, "{'spec':{'claimRef':{'uid':null}}}")},
       ""},
      {"of another namespace", nullptr, three,
       {LeftBy(0, "{'spec':{'claimRef':{'namespace':'x'}}}")}, ""},
      {"the claim is there", nullptr, three, {LeftBy(0), Claim("data-db-0", kBound)}, ""},
      {"too small", nullptr, three, {LeftBy(0, "{'spec':{'capacity':{'storage':'9Gi'}}}")},
       "approval"},
      {"of the class that is the default", nullptr, classless, {LeftBy(0), is_default}, "note"},
      {"no class is the default", nullptr, classless, {LeftBy(0)}, "approval"},
      {"two volumes of one claim", nullptr, three,
       {LeftBy(0), LeftBy(0, "{'metadata':{'name':'pv-9'}}")}, "approval"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    CHECK(LeftBehind(row.before, row.after, row.around) == row.said);
  }
}

TEST_CASE("the plan shows which volumes a StatefulSet gets back") {
  World world;
  world.ListsAll().Live(LocalPath()).Added(Members(2)).Live(LeftBy(1));
  const Plan plan = MakePlan(world.input);
  REQUIRE(plan.set.volumes.size() == 2);
  CHECK(plan.set.volumes[0].fate == VolumeFate::kCreated);
  CHECK(plan.set.volumes[1].fate == VolumeFate::kKept);
  CHECK(plan.set.volumes[1].volume == "pv-1");
}

TEST_CASE("a claim of Git is not one that the controller makes") {
  World world;
  world.ListsAll().Live(LocalPath()).Added(Members(1)).Live(LeftBy(0));
  world.Added(Claim("data-db-0"));
  const Plan plan = MakePlan(world.input);
  const Change* set = ChangeOf(plan, Members(1).ref().ToString());
  REQUIRE(set != nullptr);
  for (const Finding& one : set->findings) CHECK(one.hazard != "H-C6");
}

TEST_CASE("whether data were left is asked, not assumed") {
  for (const char* kind : {"PersistentVolume", "PersistentVolumeClaim"}) {
    CAPTURE(std::string(kind));
    World world;
    world.ListsAll().Live(LocalPath()).Added(Members(1)).Live(LeftBy(0)).Gap("", kind);
    CHECK(Judged(world, Members(1).ref()) == "H-C6 hold");
    world.input.live_file = "live.yaml";
    CHECK(Judged(world, Members(1).ref()) == "H-C6 warn");
  }
}

TEST_CASE("a seed that gets its volume back does not start empty") {
  World world;
  world.Added(Cassandra()).Live(LocalPath()).Live(CassandraService());
  world.Live(Claim("data-cassandra-1", kBound));
  CHECK(Judged(world, Cassandra().ref()) == "H-C7 refuse");
  world.Live(LeftBy(0, "{'spec':{'claimRef':{'name':'data-cassandra-0'}}}"));
  CHECK(Judged(world, Cassandra().ref()) == "");
}

}  // namespace
}  // namespace holdfast
