// H-A1, H-A2: a claim is deleted. In the strictest form no claim ever is, in no phase:
// a Pending one may be bound between this answer and the deletion.

#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/volumes.h"

namespace holdfast {
namespace {

/// What deleting the claim would cost, as a clause.
std::string LossOf(const Object& claim, const Snapshot& live) {
  const ClaimFacts facts = FactsOf(claim, live);
  if (facts.volume.empty()) return "it may be given a volume with data at any moment";
  if (facts.reclaim_policy == "Retain") {
    return "its data would stay on the volume, but no claim would reach them any more";
  }
  if (facts.reclaim_policy.empty()) return "its data would be destroyed or out of reach";
  return "its data would be destroyed";
}

}  // namespace

void ForbidClaimDeletion(const DeletionCase& deletion, std::vector<Finding>& findings) {
  const Object& claim = deletion.live;
  if (!IsClaim(claim.ref())) return;
  const std::string state = DescribeClaim(claim, deletion.outlook.live());
  if (claim.terminating()) {
    findings.push_back(
        {"H-A2", Ruling::kHold,
         "somebody has deleted the claim already, which cannot be undone; it goes, and "
         "its data with it, as soon as the last pod that uses it stops (" +
             state + ")",
         "restart nothing that uses it; set persistentVolumeReclaimPolicy of its "
         "PersistentVolume to Retain, then copy the data"});
  }
  findings.push_back(
      {"H-A1", Ruling::kRefuse,
       "the claim is " + state + ": " + LossOf(claim, deletion.outlook.live()),
       "keep the manifest of PersistentVolumeClaim " + claim.ref().name +
           " in Git; a claim that nobody needs is deleted by hand"});
}

void ForbidProtectedDeletion(const DeletionCase& deletion,
                             std::vector<Finding>& findings) {
  const ObjectRef& ref = deletion.live.ref();
  const Object* space =
      ref.name_space.empty()
          ? nullptr
          : deletion.outlook.live().Find({"", "Namespace", "", ref.name_space});
  constexpr const char* kProtect = "holdfast.dev/protect";
  const bool by_itself = deletion.live.annotation(kProtect) == "true";
  const bool by_space = space != nullptr && space->annotation(kProtect) == "true";
  if (!by_itself && !by_space) return;
  findings.push_back(
      {"H-A1", Ruling::kRefuse,
       std::string(by_itself ? "it" : "its namespace") +
           " carries the annotation holdfast.dev/protect: \"true\"",
       "remove the annotation in a commit of its own first, if it may go"});
}

}  // namespace holdfast
