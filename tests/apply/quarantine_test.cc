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

}  // namespace
}  // namespace holdfast
