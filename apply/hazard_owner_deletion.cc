// H-B1: Kubernetes deletes what names a deleted object as its owner. A claim or volume
// at the end of such a chain goes without anyone having asked for it.

#include <set>

#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/stateful.h"
#include "apply/volumes.h"

namespace holdfast {
namespace {

/// The first claim or volume that `owner` owns, through other objects or directly.
const Object* OwnedStorage(const Object& owner, const Outlook& outlook) {
  std::set<std::string> seen = {owner.uid()};
  std::vector<const Object*> open = outlook.OwnedBy(owner.uid());
  while (!open.empty()) {
    const Object* object = open.back();
    open.pop_back();
    if (IsClaim(object->ref()) || IsVolume(object->ref())) return object;
    if (!seen.insert(object->uid()).second) continue;
    const auto more = outlook.OwnedBy(object->uid());
    open.insert(open.end(), more.begin(), more.end());
  }
  return nullptr;
}

}  // namespace

void ForbidOwnerDeletion(const DeletionCase& deletion, std::vector<Finding>& findings) {
  const Outlook& outlook = deletion.outlook;
  const ObjectRef& ref = deletion.live.ref();
  if (const Object* owned = OwnedStorage(deletion.live, outlook)) {
    const std::string state = IsClaim(owned->ref())
                                  ? " (" + DescribeClaim(*owned, outlook.live()) + ")"
                                  : std::string();
    findings.push_back({"H-B1", Ruling::kRefuse,
                        owned->ref().ToString() + state + " names " + ref.kind + " " +
                            ref.name +
                            " as its owner: Kubernetes would delete it, and its data, "
                            "along with the owner",
                        "remove the ownerReferences from " + owned->ref().ToString() +
                            " first, or keep the manifest in Git"});
    return;
  }
  for (const char* kind : {"PersistentVolumeClaim", "PersistentVolume"}) {
    const bool of_cluster = std::string_view(kind) == "PersistentVolume";
    // Only an owner of the cluster's scope can own claims of any namespace.
    const std::string unknown =
        outlook.Unlisted("", kind, of_cluster ? std::string() : ref.name_space);
    if (unknown.empty()) continue;
    findings.push_back({"H-B1", Ruling::kHold,
                        "it cannot be told whether a claim or volume goes along with " +
                            ref.kind + " " + ref.name + ": " + unknown,
                        "let Holdfast list " + std::string(kind) +
                            " objects, then run again; nothing is deleted before"});
    return;
  }
}

void ForbidEphemeralOwner(const DeletionCase& deletion, std::vector<Finding>& findings) {
  const auto volumes = EphemeralVolumes(deletion.live);
  if (volumes.empty()) return;
  const ObjectRef& ref = deletion.live.ref();
  findings.push_back(
      {"H-B1", Ruling::kRefuse,
       "volume " + volumes.front() + " of " + ref.kind + " " + ref.name +
           " is a claim that each pod makes for itself: it and its data are deleted with "
           "the pod",
       "keep the manifest in Git, or add the annotation holdfast.dev/prune: disabled and "
       "delete it by hand once the data are of no use"});
}

}  // namespace holdfast
