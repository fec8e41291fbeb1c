// H-A1, H-A2: a claim is deleted. The decision table of safety.md 2.2 for the path
// "prune": what nobody may lift comes first, then what an Approval can.
//
// A claim never goes with its data: an approved deletion is a detach, by which the volume
// stays (apply/detacher.h).

#include <optional>

#include "apply/claim_state.h"
#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/needed.h"
#include "apply/volume_copy.h"
#include "apply/volumes.h"

namespace holdfast {
namespace {

class Table {
 public:
  explicit Table(const DeletionCase& deletion)
      : claim_(deletion.live), outlook_(deletion.outlook), live_(outlook_.live()) {}

  /// Row 0, then the rows that no approval lifts, then the others.
  Finding Judge() const {
    if (auto finding = Unknown()) return *finding;
    const Binding binding = BindingOf(claim_, live_);
    const Object* volume = VolumeOf(claim_, live_);
    if (binding == Binding::kBound && volume == nullptr) return WithoutVolume();
    if (auto finding = SharedFolder(volume)) return *finding;
    if (auto finding = StillNamed()) return *finding;
    if (claim_.terminating()) return Terminating(volume);
    if (auto finding = InUse()) return *finding;
    switch (binding) {
      case Binding::kNever:
        return NeverBound();
      case Binding::kProvisioning:
        return Provisioning();
      case Binding::kBound:
      case Binding::kLost:
        return Detach(binding, volume);
      case Binding::kUnclear:
        break;
    }
    return Refuse(Is() + ", which fits no rule: what it holds cannot be told",
                  "look at it with kubectl describe; keep its manifest in Git meanwhile");
  }

 private:
  std::string Is() const { return "the claim is " + DescribeClaim(claim_, live_); }

  static Finding Refuse(std::string reason, std::string remedy) {
    return {"H-A1", Ruling::kRefuse, std::move(reason), std::move(remedy)};
  }
  static Finding Hold(std::string reason, std::string remedy) {
    return {"H-A1", Ruling::kHold, std::move(reason), std::move(remedy)};
  }
  std::string Keep() const {
    return "keep the manifest of PersistentVolumeClaim " + claim_.ref().name + " in Git";
  }

  std::optional<Finding> Unknown() const {
    std::vector<Snapshot::Listed> kinds = WorkloadKinds(claim_.ref().name_space);
    kinds.push_back({"", "PersistentVolume", ""});
    for (const Snapshot::Listed& kind : kinds) {
      const std::string unknown =
          outlook_.Unlisted(kind.group, kind.kind, kind.name_space);
      if (unknown.empty()) continue;
      return Hold("it cannot be told what the claim holds and who uses it: " + unknown,
                  "let Holdfast list " + kind.kind +
                      " objects, then run again; nothing is deleted before");
    }
    return std::nullopt;
  }

  Finding WithoutVolume() const {
    return Hold(Is() + ", and that volume is not there or is held for another claim",
                "look at PersistentVolume " +
                    StringIn(claim_.json(), "spec", "volumeName") +
                    "; nothing is deleted while the two contradict each other");
  }

  std::optional<Finding> SharedFolder(const Object* volume) const {
    const Object* other = volume == nullptr ? nullptr : outlook_.SharesStorage(*volume);
    if (other == nullptr) return std::nullopt;
    return Refuse(
        Is() + ", whose folder or disk is also the one of PersistentVolume " +
            other->ref().name +
            ", or within it, or around it: when one is "
            "cleaned up, the other is emptied",
        Keep() + "; copy the data of one of the two to a volume of its own first");
  }

  std::optional<Finding> StillNamed() const {
    const std::string who = StillNames(claim_, outlook_);
    if (who.empty()) return std::nullopt;
    return Refuse(Is() + ", and " + who +
                      " still mounts it: without the claim its pods "
                      "cannot start, with a new one they start empty",
                  Keep() + ", or remove " + who + " in the same commit");
  }

  /// Rows 4 and 5.
  Finding Terminating(const Object* volume) const {
    const bool kept =
        volume != nullptr &&
        StringIn(volume->json(), "spec", "persistentVolumeReclaimPolicy") == "Retain";
    if (kept) {
      return {
          "H-A2", Ruling::kNote,
          "somebody has deleted the claim already; it goes when the last pod that uses "
          "it stops, and its data stay on volume " +
              volume->ref().name,
          ""};
    }
    return OnItsWayOut(claim_, live_);
  }

  /// Row 6. The pods of a workload that goes too are waited for.
  std::optional<Finding> InUse() const {
    for (const Object* pod : outlook_.PodsUsing(claim_.ref())) {
      const ObjectRef root = RootController(*pod, live_);
      if (outlook_.Deletes(root)) continue;
      return Refuse(
          Is() + ", and pod " + pod->ref().name + " has it mounted",
          "let " +
              (root == pod->ref()
                   ? "that pod end"
                   : root.ToString() + " let go of the claim in a commit of its own") +
              ", and remove the claim when the pod is gone");
    }
    return std::nullopt;
  }

  Finding NeverBound() const {
    return {"H-A1", Ruling::kNote,
            "the claim never had a volume, so nothing can have been written through it",
            ""};
  }

  Finding Provisioning() const {
    return Hold(Is() + ", and a volume may be on its way to it",
                "run again once it is Bound, or " +
                    std::string("when nothing has come for a quarter of an hour"));
  }

  /// Rows 10 to 15, and 26.
  Finding Detach(Binding binding, const Object* volume) const {
    const std::set<ObjectRef>& going = outlook_.going();
    const auto answer = outlook_.approvals().ForDetach(claim_);
    Finding finding;
    finding.hazard = "H-A1";
    finding.approval.action = ToString(ApprovalAction::kDetach);
    if (answer.given != nullptr) {
      finding.reason =
          Is() + (volume == nullptr
                      ? ": it goes, and what is known of it is kept as evidence"
                      : ": it goes, and its volume stays, with reclaim policy Retain and "
                        "the label holdfast.dev/quarantine");
      return Lifted(std::move(finding), *answer.given);
    }
    const bool kept =
        volume != nullptr &&
        StringIn(volume->json(), "spec", "persistentVolumeReclaimPolicy") == "Retain";
    // Row 14: a copy makes the loss a smaller one, so the question is another.
    VolumeCopy copy;
    if (volume != nullptr && !kept) {
      copy = FindCopy(CopyOf(claim_, *volume, outlook_), outlook_);
      if (!copy.unknown.empty()) {
        return Hold(
            "whether a snapshot holds a copy of the claim's data cannot be told: " +
                copy.unknown,
            "let Holdfast list VolumeSnapshot and VolumeSnapshotContent objects, "
            "then run again; nothing is deleted before");
      }
    }
    const bool alone = going.size() == 1;
    const bool recoverable =
        kept || binding == Binding::kLost || copy.snapshot != nullptr;
    finding.ruling = alone && recoverable ? Ruling::kApproval : Ruling::kRefuse;
    finding.reason = Is() + ": " + Loss(binding, kept, copy);
    if (!answer.why_not.empty()) finding.reason += "; " + answer.why_not;
    finding.remedy =
        Keep() +
        ", or approve a detach, by which the volume stays: holdfast "
        "approve > approvals/" +
        claim_.ref().name + ".yaml, and commit it" +
        (alone ? ""
               : "; one Approval names all " + std::to_string(going.size()) + " claims");
    return finding;
  }

  static std::string Loss(Binding binding, bool kept, const VolumeCopy& copy) {
    if (binding == Binding::kLost)
      return "its volume is gone, and the claim is the last trace";
    if (kept) {
      return "its data would stay on the volume, but no claim would reach them any more";
    }
    // That there is none needs no word; that one does not count does.
    if (copy.snapshot == nullptr) {
      return "its data would be destroyed" +
             (copy.why_not.starts_with("snapshot ") ? "; " + copy.why_not : "");
    }
    return "its data would be destroyed, and what is left is snapshot " +
           copy.snapshot->ref().name + " of " + copy.taken +
           (copy.in_use
                ? ", taken while they may have been written to, as if after a crash"
                : "");
  }

  const Object& claim_;
  const Outlook& outlook_;
  const Snapshot& live_;
};

}  // namespace

void ForbidClaimDeletion(const DeletionCase& deletion, std::vector<Finding>& findings) {
  if (IsClaim(deletion.live.ref())) findings.push_back(Table(deletion).Judge());
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
