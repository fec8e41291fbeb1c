// H-A6: a namespace takes everything in it along: claims, snapshots, and what others put
// there (safety.md 2.2, rows 22 and 23).

#include <algorithm>
#include <optional>

#include "apply/claim_state.h"
#include "apply/enumerated.h"
#include "apply/facts.h"
#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/pod_template.h"
#include "apply/removal.h"
#include "apply/volumes.h"

namespace holdfast {
namespace {

constexpr std::size_t kMostShown = 6;
constexpr const char* kSnapshots = "snapshot.storage.k8s.io";

class NamespaceTable {
 public:
  explicit NamespaceTable(const DeletionCase& deletion)
      : name_(deletion.live.ref().name),
        outlook_(deletion.outlook),
        live_(outlook_.live()),
        claims_(live_.All("", "PersistentVolumeClaim", name_)) {}

  Finding Judge() const {
    if (auto finding = Unknown()) return *finding;
    if (auto finding = StillInGit()) return *finding;
    if (auto finding = Foreign()) return *finding;
    if (auto finding = OfClaims()) return *finding;
    if (auto finding = OfSnapshots()) return *finding;
    return Approved();
  }

 private:
  static Finding Hold(std::string reason, std::string remedy) {
    return {"H-A6", Ruling::kHold, std::move(reason), std::move(remedy)};
  }
  Finding Refuse(const std::string& reason, const std::string& remedy) const {
    return {"H-A6", Ruling::kRefuse,
            "deleting namespace " + name_ + " deletes everything in it, and " + reason,
            "keep the manifest of Namespace " + name_ + " in Git; " + remedy};
  }

  std::optional<Finding> Unknown() const {
    std::string unknown = outlook_.Unlisted(kEverything, kEverything, name_);
    if (!unknown.empty()) unknown = "not everything in it could be read";
    for (const Snapshot::Gap& gap : live_.gaps) {
      const bool in_it = gap.what.name_space == name_ ||
                         (gap.what.name_space.empty() && gap.what.name.empty());
      if (in_it && unknown.empty()) {
        unknown = gap.what.kind + " objects could not be read (" + gap.why.message + ")";
      }
    }
    for (const Snapshot::Listed& kind :
         {Snapshot::Listed{"", "PersistentVolume", ""},
          Snapshot::Listed{kSnapshots, "VolumeSnapshotContent", ""}}) {
      if (unknown.empty()) {
        unknown = outlook_.Unlisted(kind.group, kind.kind, kind.name_space);
      }
    }
    if (unknown.empty()) return std::nullopt;
    return Hold(
        "it cannot be told what would go with namespace " + name_ + ": " + unknown,
        "let Holdfast list every kind in namespace " + name_ +
            ", then run again; nothing is deleted before");
  }

  std::optional<Finding> StillInGit() const {
    for (const Manifest& manifest : outlook_.input().desired) {
      if (manifest.object.ref().name_space != name_) continue;
      return Refuse("Git still has " + manifest.object.ref().ToString() + " in it (" +
                        manifest.source.ToString() + ")",
                    "or remove everything in it from Git too");
    }
    return std::nullopt;
  }

  bool IsOurs(const ObjectRef& ref) const {
    const Object* object = live_.Find(ref);
    const auto& entries = outlook_.input().inventory.entries;
    const auto entry = entries.find(ref);
    return object != nullptr && entry != entries.end() && !entry->second.uid.empty() &&
           entry->second.uid == object->uid() &&
           WhyReleased(*object, outlook_.input()).empty();
  }

  /// What Kubernetes makes in every namespace, and what controllers make of objects of
  /// ours.
  bool ComesByItself(const Object& object) const {
    const ObjectRef& ref = object.ref();
    if (ref.Is("", "ServiceAccount") && ref.name == "default") return true;
    if (ref.Is("", "ConfigMap") && ref.name == "kube-root-ca.crt") return true;
    if (ref.Is("", "Endpoints")) return IsOurs({"", "Service", name_, ref.name});
    if (IsOurs(RootController(object, live_))) return true;
    if (!IsClaim(ref)) return false;
    const auto sets = live_.All("apps", "StatefulSet", name_);
    return std::any_of(sets.begin(), sets.end(), [&](const Object* set) {
      return OrdinalOfClaim(*set, ref.name) >= 0 && IsOurs(set->ref());
    });
  }

  std::optional<Finding> Foreign() const {
    std::vector<std::string> foreign;
    for (const auto& [ref, object] : live_.objects) {
      if (ref.name_space != name_ || ref.kind == "Event" || IsOurs(ref)) continue;
      // Claims are named by the approval one by one, whoever made them.
      if (!IsClaim(ref) && !ComesByItself(object)) foreign.push_back(ref.ToString());
    }
    if (foreign.empty()) return std::nullopt;
    return Refuse("some of it is not of this sync: " + Enumerated(foreign, kMostShown),
                  "or let whoever made them remove them first");
  }

  /// Row 22, and what rows 3, 6, 9 and 18 say of each claim.
  std::optional<Finding> OfClaims() const {
    std::vector<std::string> endangered;
    for (const Object* claim : claims_) {
      const Binding binding = BindingOf(*claim, live_);
      if (binding == Binding::kNever) continue;
      const std::string is =
          "claim " + claim->ref().name + " is " + DescribeClaim(*claim, live_);
      if (binding == Binding::kProvisioning) {
        return Hold(
            is + ", and a volume may be on its way to it",
            "run again once it is Bound, or when nothing has come for a quarter of "
            "an hour");
      }
      if (binding == Binding::kUnclear) {
        return Refuse(is + ", which fits no rule", "look at it with kubectl describe");
      }
      if (claim->annotation("holdfast.dev/protect") == "true") {
        return Refuse("claim " + claim->ref().name +
                          " carries the annotation holdfast.dev/protect: \"true\"",
                      "remove the annotation first, if it may go");
      }
      const Object* volume = VolumeOf(*claim, live_);
      if (binding == Binding::kBound && volume == nullptr) {
        return Hold(is + ", and that volume is not there or is held for another claim",
                    "look at the volume; nothing is deleted meanwhile");
      }
      if (volume != nullptr && outlook_.SharesStorage(*volume) != nullptr) {
        return Refuse(is + ", whose folder or disk is another volume's too",
                      "copy the data of one of the two first");
      }
      if (volume != nullptr &&
          StringIn(volume->json(), "spec", "persistentVolumeReclaimPolicy") != "Retain") {
        endangered.push_back(claim->ref().name + " (" + DescribeClaim(*claim, live_) +
                             ")");
      }
      for (const Object* pod : outlook_.PodsUsing(claim->ref())) {
        if (outlook_.Deletes(RootController(*pod, live_))) continue;
        return Refuse(is + ", and pod " + pod->ref().name + " has it mounted",
                      "or let that pod end first");
      }
    }
    if (endangered.empty()) return std::nullopt;
    return Refuse("the data of its claims would be destroyed: " +
                      Enumerated(endangered, kMostShown),
                  "or detach these claims first, in a commit of its own: their volumes "
                  "stay, and the namespace can go after that");
  }

  /// A snapshot is in a namespace, and takes its copy along where the content says so.
  std::optional<Finding> OfSnapshots() const {
    for (const Object* content : live_.All(kSnapshots, "VolumeSnapshotContent")) {
      const Json& spec = MapIn(content->json(), "spec");
      if (StringIn(spec, "volumeSnapshotRef", "namespace") != name_) continue;
      if (StringIn(spec, "deletionPolicy") == "Retain") continue;
      return Refuse("VolumeSnapshot " + StringIn(spec, "volumeSnapshotRef", "name") +
                        " in it takes its copy along (deletion policy Delete)",
                    "or set spec.deletionPolicy: Retain on VolumeSnapshotContent " +
                        content->ref().name + " first");
    }
    return std::nullopt;
  }

  /// Row 23, or no claim in it at all.
  Finding Approved() const {
    Finding finding;
    finding.hazard = "H-A6";
    finding.ruling = Ruling::kApproval;
    finding.reason = "deleting namespace " + name_ + " deletes everything in it";
    std::vector<std::string> names;
    const Approval* given = nullptr;
    std::string why_not;
    bool all = true;
    for (const Object* claim : claims_) {
      if (BindingOf(*claim, live_) == Binding::kNever) continue;
      names.push_back(claim->ref().name);
      const auto answer = outlook_.approvals().ForDetach(*claim);
      all = all && answer.given != nullptr;
      if (answer.given != nullptr) given = answer.given;
      if (why_not.empty()) why_not = answer.why_not;
    }
    if (names.empty()) {
      finding.reason += "; there is no claim in it that has data";
      // Its claims went first, by an approval that named them.
      if (const Approval* by = DetachedFrom()) return Lifted(std::move(finding), *by);
      finding.remedy =
          "keep its manifest in Git, or approve it: holdfast approve > "
          "approvals/" +
          name_ + ".yaml";
      return finding;
    }
    finding.approval.action = ToString(ApprovalAction::kDetach);
    finding.reason +=
        ", its claims too: " + Enumerated(names, kMostShown) + "; their volumes stay";
    if (all) return Lifted(std::move(finding), *given);
    if (!why_not.empty()) finding.reason += "; " + why_not;
    finding.remedy =
        "keep its manifest in Git, or approve the detach of every claim in it: "
        "holdfast approve > approvals/" +
        name_ + ".yaml, and commit it";
    return finding;
  }

  const Approval* DetachedFrom() const {
    for (const Approval* approval : outlook_.approvals().valid()) {
      if (approval->action != ApprovalAction::kDetach) continue;
      for (const ApprovalTarget& one : approval->targets) {
        if (one.name_space == name_) return approval;
      }
    }
    return nullptr;
  }

  const std::string& name_;
  const Outlook& outlook_;
  const Snapshot& live_;
  const std::vector<const Object*> claims_;
};

}  // namespace

void ForbidNamespaceDeletion(const DeletionCase& deletion,
                             std::vector<Finding>& findings) {
  if (!deletion.live.ref().Is("", "Namespace")) return;
  findings.push_back(NamespaceTable(deletion).Judge());
}

}  // namespace holdfast
