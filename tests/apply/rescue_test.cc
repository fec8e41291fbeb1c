#include "apply/rescue.h"

#include "apply/quarantine.h"
#include "tests/apply/approval_rows.h"
#include "tests/apply/example_objects.h"

namespace holdfast {
namespace {

Object Going(const std::string& name) {
  return Make("v1 PersistentVolumeClaim default/" + name,
              "'spec':{'volumeName':'pv-" + name + "'},'status':{'phase':'Bound'}",
              "'deletionTimestamp':'2026-01-01T00:00:00Z'");
}

std::size_t ToRescue(const World& world) { return ClaimsToRescue(world.input).size(); }

TEST_CASE("a claim of ours that somebody deletes is to be saved") {
  const Object volume = VolumeFor("mysql");
  CHECK(ToRescue(World().Unchanged(Going("mysql")).Live(volume)) == 1);
  CHECK(ToRescue(World().Removed(Going("mysql")).Live(volume)) == 1);
  // One that only a workload of ours mounts is nobody's in Git, and holds our data.
  CHECK(ToRescue(World().Unchanged(Mysql()).Live(Going("mysql")).Live(volume)) == 1);
  CHECK(ToRescue(World().Live(Going("mysql")).Live(volume)) == 0);
  CHECK(ToRescue(World().Unchanged(Claim("mysql", kBound)).Live(volume)) == 0);
  CHECK(ToRescue(World().Unchanged(Going("mysql"))) == 0);  // No volume is known.
}

TEST_CASE("what is kept already is left alone") {
  Json json = VolumeFor("mysql", "Retain").json();
  CHECK(ToRescue(World().Unchanged(Going("mysql")).Live(*Object::Make(json))) == 1);
  json["metadata"]["labels"][kQuarantineLabel] = "uid-mysql";
  CHECK(ToRescue(World().Unchanged(Going("mysql")).Live(*Object::Make(json))) == 0);
  json["spec"]["persistentVolumeReclaimPolicy"] = "Delete";
  CHECK(ToRescue(World().Unchanged(Going("mysql")).Live(*Object::Make(json))) == 1);
}

}  // namespace
}  // namespace holdfast
