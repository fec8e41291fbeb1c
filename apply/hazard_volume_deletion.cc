// H-A3, H-A7: a PersistentVolume or a snapshot is deleted. With reclaim policy Delete the
// storage behind it goes too; the API server does not ask twice.

#include "apply/hazard.h"
#include "apply/kinds.h"

namespace holdfast {

void ForbidVolumeDeletion(const DeletionCase& deletion, std::vector<Finding>& findings) {
  const Object& volume = deletion.live;
  if (!IsVolume(volume.ref())) return;
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

void ForbidSnapshotDeletion(const DeletionCase& deletion,
                            std::vector<Finding>& findings) {
  const ObjectRef& ref = deletion.live.ref();
  if (!IsSnapshotKind(ref)) return;
  const std::string policy = StringIn(deletion.live.json(), "spec", "deletionPolicy");
  findings.push_back({"H-A7", Ruling::kRefuse,
                      ref.kind + " " + ref.name + " stands for copies of data" +
                          (policy.empty() ? "" : " (deletion policy " + policy + ")") +
                          ": deleting it can delete the copies",
                      "keep its manifest in Git, or add the annotation "
                      "holdfast.dev/prune: disabled and delete it by hand"});
}

}  // namespace holdfast
