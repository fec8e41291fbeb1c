// H-G7: the default StorageClass becomes another one while claims of this repository name
// none: what is made from then on lies elsewhere, and may be kept otherwise.

#include "apply/claim_modes.h"
#include "apply/hazard.h"
#include "apply/kinds.h"

namespace holdfast {
namespace {

constexpr const char* kDefault = "storageclass.kubernetes.io/is-default-class";

/// The first desired object that takes whatever class is the default; null if none does.
const Manifest* TakesTheDefault(const Outlook& outlook) {
  for (const Manifest& manifest : outlook.input().desired) {
    const Object& object = manifest.object;
    if (IsClaim(object.ref()) && OmitsStorageClass(object.json())) return &manifest;
    for (const Json& one : ArrayIn(object.json(), "spec", "volumeClaimTemplates")) {
      if (OmitsStorageClass(one)) return &manifest;
    }
  }
  return nullptr;
}

Finding OtherDefault(const std::string& what, const Manifest& claim) {
  return {"H-G7", Ruling::kApproval,
          what + ", and " + claim.object.ref().ToString() + " (" +
              claim.source.ToString() +
              ") names no class: new volumes of it come from another class, with another "
              "reclaim policy perhaps",
          "write spec.storageClassName into " + claim.object.ref().ToString() +
              " where it can still be set, or approve the change: holdfast approve > "
              "approvals/default-class.yaml, and commit it"};
}

}  // namespace

void GuardDefaultClass(const ChangeCase& change, std::vector<Finding>& findings) {
  if (!IsStorageClass(change.ref())) return;
  const bool before =
      change.live != nullptr && change.live->annotation(kDefault) == "true";
  const bool after = change.After().annotation(kDefault) == "true";
  // The first class of a cluster that has none is no change of the default for anybody
  // who has a volume; that there is none cannot be seen here, so only what is live
  // counts.
  if (before == after || change.live == nullptr) return;
  const Manifest* claim = TakesTheDefault(change.outlook);
  if (claim == nullptr) return;
  findings.push_back(OtherDefault(
      change.manifest.source.ToString() + ": StorageClass " + change.ref().name +
          (after ? " becomes a default class" : " is the default class no longer"),
      *claim));
}

void GuardDefaultClassDeletion(const DeletionCase& deletion,
                               std::vector<Finding>& findings) {
  if (!IsStorageClass(deletion.live.ref())) return;
  if (deletion.live.annotation(kDefault) != "true") return;
  const Manifest* claim = TakesTheDefault(deletion.outlook);
  if (claim == nullptr) return;
  findings.push_back(OtherDefault(
      "StorageClass " + deletion.live.ref().name + " is the default class and goes",
      *claim));
}

}  // namespace holdfast
