// H-A3: a PersistentVolume is deleted. With reclaim policy Delete the storage behind it
// goes too; the API server does not ask twice. One that is in quarantine and that an
// approval names is another question: apply/hazard_purge.cc.

#include "apply/hazard.h"
#include "apply/kinds.h"

namespace holdfast {

void ForbidVolumeDeletion(const DeletionCase& deletion, std::vector<Finding>& findings) {
  const Object& volume = deletion.live;
  if (!IsVolume(volume.ref())) return;
  if (deletion.outlook.PurgeOf(volume.ref()) != nullptr) return;
  const Json& spec = MapIn(volume.json(), "spec");
  std::string state = StringIn(volume.json(), "status", "phase");
  if (state.empty()) state = "of unknown phase";
  const std::string claim = StringIn(spec, "claimRef", "name");
  if (!claim.empty()) {
    state += ", held for claim " + StringIn(spec, "claimRef", "namespace") + "/" + claim;
  }
  const std::string policy = StringIn(spec, "persistentVolumeReclaimPolicy");
  findings.push_back(
      {"H-A3", Ruling::kRefuse,
       "the volume is " + state + " (" + StringIn(spec, "capacity", "storage") +
           ", reclaim policy " + (policy.empty() ? "unknown" : policy) +
           "): the data on it would be lost",
       "keep the manifest of PersistentVolume " + volume.ref().name + " in Git"});
}

}  // namespace holdfast
