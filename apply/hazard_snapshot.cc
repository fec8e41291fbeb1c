// H-A7: a snapshot is deleted, or comes to be deleted with its object. With deletion
// policy Delete the copy in the storage goes too, and a copy may be all that is left of
// data that were destroyed.

#include <string>

#include "apply/hazard.h"
#include "apply/kinds.h"

namespace holdfast {
namespace {

std::string PolicyOf(const Object& object) {
  // A VolumeSnapshotClass has it outside of spec.
  const std::string policy = StringIn(object.json(), "spec", "deletionPolicy");
  return policy.empty() ? StringIn(object.json(), "deletionPolicy") : policy;
}

/// The VolumeSnapshot that an object is or stands for.
ObjectRef SnapshotOf(const Object& object) {
  if (object.ref().kind == "VolumeSnapshot") return object.ref();
  const Json& back = MapIn(object.json(), "spec", "volumeSnapshotRef");
  return {object.ref().group, "VolumeSnapshot", StringIn(back, "namespace"),
          StringIn(back, "name")};
}

/// The approval in force that names the snapshot as evidence; null if none does.
const Approval* RestsOn(const Object& object, const Outlook& outlook) {
  const ObjectRef snapshot = SnapshotOf(object);
  const Object* live = outlook.live().Find(snapshot);
  const std::string uid =
      object.ref().kind == "VolumeSnapshot"
          ? object.uid()
          : StringIn(object.json(), "spec", "volumeSnapshotRef", "uid");
  for (const Approval* approval : outlook.approvals().valid()) {
    for (const EvidenceSnapshot& one : approval->snapshots) {
      if (one.uid == uid || (live != nullptr && one.uid == live->uid())) return approval;
    }
  }
  return nullptr;
}

Finding Evidence(const Approval& approval, const std::string& what) {
  return {"H-A7", Ruling::kRefuse,
          what + ", and " + approval.source.ToString() +
              " rests on it: it is the copy that the approval names",
          "wait until that approval has done its work or has expired, and its file is "
          "removed"};
}

}  // namespace

void ForbidSnapshotDeletion(const DeletionCase& deletion,
                            std::vector<Finding>& findings) {
  const ObjectRef& ref = deletion.live.ref();
  if (!IsSnapshotKind(ref)) return;
  const std::string policy = PolicyOf(deletion.live);
  const std::string what = ref.kind + " " + ref.name + " stands for copies of data" +
                           (policy.empty() ? "" : " (deletion policy " + policy + ")") +
                           ": deleting it can delete the copies";
  if (const Approval* approval = RestsOn(deletion.live, deletion.outlook)) {
    findings.push_back(Evidence(*approval, what));
    return;
  }
  findings.push_back({"H-A7", Ruling::kApproval, what,
                      "keep its manifest in Git, or approve that the copies go: holdfast "
                      "approve > approvals/" +
                          ref.name + ".yaml"});
}

void GuardSnapshotPolicy(const ChangeCase& change, std::vector<Finding>& findings) {
  if (!IsSnapshotKind(change.ref()) || change.live == nullptr) return;
  const std::string after = PolicyOf(change.After());
  if (after != "Delete" || PolicyOf(*change.live) == "Delete") return;
  const std::string what = change.manifest.WhereIs("/spec/deletionPolicy") +
                           ": with deletionPolicy: Delete the copies go together with " +
                           change.ref().kind + " " + change.ref().name;
  if (const Approval* approval = RestsOn(*change.live, change.outlook)) {
    findings.push_back(Evidence(*approval, what));
    return;
  }
  findings.push_back(
      {"H-A7", Ruling::kApproval, what, "leave it at Retain, which keeps the copies"});
}

}  // namespace holdfast
