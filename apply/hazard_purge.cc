// H-A3: a quarantined volume is destroyed, by an Approval `destroy`. The second pass of
// the decision table (safety.md 2.2), over the volume that a detach has left: rows 16 and
// 17. When it may go is told by apply/purge.h; here is judged whether.

#include <optional>
#include <set>

#include "apply/claim_state.h"
#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/quarantine.h"
#include "apply/volume_copy.h"

namespace holdfast {
namespace {

constexpr const char* kProvisionedBy = "pv.kubernetes.io/provisioned-by";
/// How many people it takes to destroy what has no copy.
constexpr std::size_t kApprovers = 2;

class PurgeTable {
 public:
  PurgeTable(const Object& volume, const Approval& by, const Outlook& outlook)
      : volume_(volume), by_(by), outlook_(outlook) {
    const Json& holder = MapIn(volume.json(), "spec", "claimRef");
    claim_ = {"", "PersistentVolumeClaim", StringIn(holder, "namespace"),
              StringIn(holder, "name")};
  }

  Finding Judge() const {
    if (auto finding = Unknown()) return *finding;
    if (auto finding = Protected()) return *finding;
    if (auto finding = Wanted()) return *finding;
    if (auto finding = Shared()) return *finding;
    if (auto finding = SharedByName()) return *finding;
    if (auto finding = NobodyDestroys()) return *finding;
    return WithOrWithoutCopy();
  }

 private:
  std::string Is() const {
    return "the volume was the one of claim " + claim_.name_space + "/" + claim_.name +
           " (" + StringIn(volume_.json(), "spec", "capacity", "storage") +
           ", detached at " + volume_.annotation(kDetachedAt) + ")";
  }
  static Finding Refuse(std::string reason, std::string remedy) {
    return {"H-A3", Ruling::kRefuse, std::move(reason), std::move(remedy)};
  }
  std::string Keep() const {
    return "remove " + by_.source.path + ", and the volume stays";
  }

  std::optional<Finding> Unknown() const {
    std::vector<Snapshot::Listed> lists = {{"", "PersistentVolumeClaim", ""},
                                           {"apps", "StatefulSet", claim_.name_space}};
    for (const Snapshot::Listed& one : ListsForCopy(claim_.name_space)) {
      lists.push_back(one);
    }
    for (const Snapshot::Listed& one : lists) {
      const std::string unknown = outlook_.Unlisted(one.group, one.kind, one.name_space);
      if (unknown.empty()) continue;
      return Finding{"H-A3", Ruling::kHold,
                     "it cannot be told whether anybody needs the volume: " + unknown,
                     "let Holdfast list " + one.kind +
                         " objects, then run again; nothing is destroyed before"};
    }
    return std::nullopt;
  }

  std::optional<Finding> Protected() const {
    const Object* space = outlook_.live().Find({"", "Namespace", "", claim_.name_space});
    if (space == nullptr || space->annotation("holdfast.dev/protect") != "true") {
      return std::nullopt;
    }
    return Refuse(Is() +
                      ", whose namespace carries the annotation holdfast.dev/protect: "
                      "\"true\"",
                  "remove the annotation in a commit of its own first, if it may go");
  }

  /// Row 3: somebody is about to get it back, or has it.
  std::optional<Finding> Wanted() const {
    const Manifest* in_git = outlook_.Desired(claim_);
    const Object* claim = outlook_.live().Find(claim_);
    const std::string has =
        claim == nullptr ? "" : StringIn(claim->json(), "spec", "volumeName");
    if (in_git != nullptr && (has.empty() || has == volume_.ref().name)) {
      return Refuse(Is() + ", and Git has that claim again (" +
                        in_git->source.ToString() + "): it gets this volume back",
                    Keep());
    }
    if (const Manifest* itself = outlook_.Desired(volume_.ref())) {
      return Refuse(
          Is() + ", and Git has the volume itself (" + itself->source.ToString() + ")",
          "remove it from Git first, or " + Keep());
    }
    const std::string set = has.empty() ? MadeByTemplate(claim_, outlook_) : "";
    if (!set.empty()) {
      return Refuse(
          Is() + ", and " + set + " is about to have a claim of that name again",
          Keep() + "; the claim gets the volume back once it is in Git itself");
    }
    for (const Object* other : outlook_.live().All("", "PersistentVolumeClaim")) {
      if (StringIn(other->json(), "spec", "volumeName") != volume_.ref().name) continue;
      return Refuse(Is() + ", and " + other->ref().ToString() + " names it", Keep());
    }
    return std::nullopt;
  }

  /// Row 18.
  std::optional<Finding> Shared() const {
    const Object* other = outlook_.SharesStorage(volume_);
    if (other == nullptr) other = outlook_.SharesServerFolder(volume_);
    if (other == nullptr) return std::nullopt;
    return Refuse(Is() + ", and its folder or disk is also the one of PersistentVolume " +
                      other->ref().name +
                      ", or within it, or around it: destroying one empties the other",
                  Keep() + "; copy the data of the other to a volume of its own first");
  }

  /// Row 18, where the folder may have been found again by its name.
  std::optional<Finding> SharedByName() const {
    for (const Object* other : outlook_.VolumesFor(claim_)) {
      if (other->ref() == volume_.ref()) continue;
      if (!SharedStorage::MayBeOneFolder(volume_, *other)) continue;
      return Refuse(
          Is() + ", and PersistentVolume " + other->ref().name +
              " is of the same provisioner and of a claim of that name: on a file server "
              "both may be one folder, and destroying one would empty the other",
          Keep() + "; or look at the server, and where the two have a folder each, delete "
                   "this one by hand, then kubectl delete pv " +
              volume_.ref().name);
    }
    return std::nullopt;
  }

  /// Kubernetes destroys nothing itself: the program that made the volume does.
  std::optional<Finding> NobodyDestroys() const {
    if (!volume_.annotation(kProvisionedBy).empty()) return std::nullopt;
    return Refuse(
        Is() + ", and it was made by hand: no provisioner would destroy its data",
        "delete the storage behind it by hand, then kubectl delete pv " +
            volume_.ref().name + "; and remove " + by_.source.path);
  }

  Finding WithOrWithoutCopy() const {
    Finding finding;
    finding.hazard = "H-A3";
    finding.approval.action = ToString(ApprovalAction::kDestroy);
    const VolumeCopy copy = FindCopy(CopyOfDetached(volume_), outlook_);
    if (!copy.unknown.empty()) {
      return {"H-A3", Ruling::kHold, Is() + ", and " + copy.unknown,
              "let Holdfast list VolumeSnapshot objects, then run again"};
    }
    if (copy.snapshot != nullptr && IsNamed(*copy.snapshot)) {
      finding.reason =
          Is() +
          ": it is destroyed, and its data with it; what is left is "
          "snapshot " +
          copy.snapshot->ref().name + " of " + copy.taken +
          (copy.in_use ? ", taken while they may have been written to, as if "
                         "after a crash"
                       : "");
      return Lifted(std::move(finding), by_);
    }
    const std::size_t people = by_.no_copy ? PeopleForIt() : 0;
    if (people >= kApprovers) {
      finding.reason =
          Is() + ": it is destroyed, and its data with it; no copy of them is known";
      return Lifted(std::move(finding), by_);
    }
    finding.reason = Is() + ", and no copy of its data is known: " +
                     (copy.snapshot == nullptr
                          ? copy.why_not
                          : "spec.snapshots does not name " + copy.snapshot->ref().name);
    finding.remedy = Keep();
    if (by_.no_copy) {
      finding.reason +=
          "; to destroy them without one takes two approvers whose "
          "signatures were checked, and there " +
          std::string(people == 1 ? "is one" : "is none");
      finding.remedy +=
          "; or switch on approvals.requireSignature, and have a second person sign an "
          "Approval of the same volume, with a reason of their own";
    } else {
      finding.remedy +=
          "; or bring the claim back, stop its pods, take a snapshot, and "
          "detach it again; noCopy: true says that no copy is wanted, and "
          "takes two approvers";
    }
    return finding;
  }

  /// How many different people have signed an Approval by which this volume is destroyed
  /// without a copy. Where signatures are not checked, nobody has.
  std::size_t PeopleForIt() const {
    std::set<std::string> people;
    for (const Approval* one : outlook_.approvals().valid()) {
      if (one->action != ApprovalAction::kDestroy || !one->no_copy) continue;
      for (const ApprovalTarget& target : one->targets) {
        if (target.volume_uid == volume_.uid() && !one->signer.empty()) {
          people.insert(one->signer);
        }
      }
    }
    return people.size();
  }

  /// Whoever names snapshots means these and no others.
  bool IsNamed(const Object& snapshot) const {
    if (by_.snapshots.empty()) return true;
    for (const EvidenceSnapshot& one : by_.snapshots) {
      if (one.name == snapshot.ref().name && one.uid == snapshot.uid()) return true;
    }
    return false;
  }

  const Object& volume_;
  const Approval& by_;
  const Outlook& outlook_;
  ObjectRef claim_;
};

}  // namespace

void GuardPurge(const DeletionCase& deletion, std::vector<Finding>& findings) {
  const Approval* by = deletion.outlook.PurgeOf(deletion.live.ref());
  if (by == nullptr) return;
  findings.push_back(PurgeTable(deletion.live, *by, deletion.outlook).Judge());
}

}  // namespace holdfast
