// H-A8, H-A9: a custom resource is an order to some operator, and deleting it may be the
// order to delete databases with their claims (safety.md 2.2, rows 24 and 25). What the
// common ones do is in a table (apply/operators.h); all others count as doing it.

#include <optional>

#include "apply/claim_state.h"
#include "apply/enumerated.h"
#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/needed.h"
#include "apply/operators.h"
#include "apply/volumes.h"

namespace holdfast {

namespace {

/// True once the server has accepted its names and serves its kind: only then can it be
/// told by a list whether there are objects of it.
bool IsServed(const Object& definition) {
  bool serves = false;
  for (const Json& version : ArrayIn(definition.json(), "spec", "versions")) {
    const Json* served = FindIn(version, "served");
    serves = serves || (served != nullptr && served->is_boolean() && served->get<bool>());
  }
  bool established = false;
  for (const Json& one : ArrayIn(definition.json(), "status", "conditions")) {
    if (StringIn(one, "type") != "Established") continue;
    established = StringIn(one, "status") == "True";
  }
  return serves && established;
}

Finding OfDefinition(const Object& definition, const Outlook& outlook) {
  const std::string& name = definition.ref().name;
  const std::string group = StringIn(definition.json(), "spec", "group");
  const std::string kind = StringIn(definition.json(), "spec", "names", "kind");
  std::string unknown = outlook.Unlisted(group, kind, "");
  if (!IsServed(definition)) {
    unknown = "the API server does not serve them, so they cannot be listed";
  }
  if (!unknown.empty()) {
    return {"H-A8", Ruling::kHold,
            "it cannot be told whether there are objects of kind " + kind +
                ", which go with the definition " + name + ": " + unknown,
            "let Holdfast list " + kind +
                " objects in all namespaces, then run again; nothing is deleted before"};
  }
  std::vector<std::string> instances;
  for (const Object* one : outlook.live().All(group, kind)) {
    instances.push_back(one->ref().ToString());
  }
  if (!instances.empty()) {
    return {
        "H-A8", Ruling::kRefuse,
        "deleting the definition " + name +
            " deletes every object of its kind in the whole cluster, and their "
            "operators may delete data with them: " +
            Enumerated(instances, 6),
        "keep its manifest in Git; remove those objects in a commit of its own first"};
  }
  return {"H-A8", Ruling::kApproval,
          "deleting the definition " + name + " takes the kind " + kind +
              " away from the whole cluster; there is no object of it",
          "keep its manifest in Git, or approve it: holdfast approve > approvals/" +
              name + ".yaml"};
}

class ResourceTable {
 public:
  explicit ResourceTable(const DeletionCase& deletion)
      : resource_(deletion.live),
        outlook_(deletion.outlook),
        live_(outlook_.live()),
        op_(OperatorOf(resource_.ref())) {
    for (const Object* claim : ClaimsOfResource(resource_, outlook_)) {
      if (BindingOf(*claim, live_) != Binding::kNever) claims_.push_back(claim);
    }
  }

  Finding Judge() const {
    if (auto finding = Unknown()) return *finding;
    if (op_ == nullptr) return OfUnknownKind();
    if (op_->by == ClaimSwitch::kNone) {
      return Refuse(Is() +
                        ": its operator deletes its claims with it, and it has no way "
                        "to be told not to" +
                        Claims(),
                    "keep its manifest in Git, or add the annotation "
                    "holdfast.dev/prune: disabled and remove it by the operator's own "
                    "procedure, once there is a backup");
    }
    if (claims_.empty()) return WithoutClaims();
    if (auto finding = Endangered()) return *finding;
    return Approved();
  }

 private:
  std::string Is() const { return resource_.ref().kind + " " + resource_.ref().name; }
  static Finding Refuse(std::string reason, std::string remedy) {
    return {"H-A9", Ruling::kRefuse, std::move(reason), std::move(remedy)};
  }
  std::string Approve() const {
    return "keep its manifest in Git, or approve it: holdfast approve > approvals/" +
           resource_.ref().name + ".yaml, and commit it";
  }

  /// " [data-0: Bound to ...; data-1: ...]", every one of them; empty if there is none.
  std::string Claims() const {
    std::string list;
    for (const Object* claim : claims_) {
      list += (list.empty() ? "" : "; ") + claim->ref().name + ": " +
              DescribeClaim(*claim, live_);
    }
    return list.empty() ? "" : " [" + list + "]";
  }

  std::optional<Finding> Unknown() const {
    if (resource_.ref().name_space.empty()) return std::nullopt;
    std::vector<Snapshot::Listed> kinds = WorkloadKinds(resource_.ref().name_space);
    kinds.push_back({"", "PersistentVolumeClaim", resource_.ref().name_space});
    kinds.push_back({"", "PersistentVolume", ""});
    for (const Snapshot::Listed& kind : kinds) {
      const std::string unknown =
          outlook_.Unlisted(kind.group, kind.kind, kind.name_space);
      if (unknown.empty()) continue;
      return Finding{"H-A9", Ruling::kHold,
                     "it cannot be told which claims go with " + Is() + ": " + unknown,
                     "let Holdfast list " + kind.kind +
                         " objects, then run again; nothing is deleted before"};
    }
    return std::nullopt;
  }

  /// Row 24: nobody knows what its operator does; but where there is no claim, none goes.
  Finding OfUnknownKind() const {
    const ObjectRef& ref = resource_.ref();
    const bool may_have_claims =
        ref.name_space.empty() || !claims_.empty() ||
        !live_.All("", "PersistentVolumeClaim", ref.name_space).empty();
    if (!may_have_claims) return WithoutClaims();
    return Refuse(Is() + " is a custom resource (" + ref.group +
                      "): its operator may delete claims and their data when it goes" +
                      Claims(),
                  "keep its manifest in Git, or add the annotation holdfast.dev/prune: "
                  "disabled and remove it by the operator's own procedure");
  }

  Finding WithoutClaims() const {
    return {
        "H-A9", Ruling::kApproval,
        Is() + " is a custom resource (" + resource_.ref().group +
            "): what its operator does when it goes is not known here; it has no claim "
            "with data",
        Approve()};
  }

  /// What no approval lifts, said of a claim that goes by this way.
  std::optional<Finding> Endangered() const {
    for (const Object* claim : claims_) {
      const Binding binding = BindingOf(*claim, live_);
      const Object* volume = VolumeOf(*claim, live_);
      const std::string is =
          Is() + " has claim " + claim->ref().name + ", " + DescribeClaim(*claim, live_);
      const std::string keep = "keep the manifest of " + Is() + " in Git";
      if (claim->annotation("holdfast.dev/protect") == "true") {
        return Refuse(
            is + ", which carries the annotation holdfast.dev/protect: \"true\"",
            "remove the annotation first, if it may go");
      }
      if (binding == Binding::kProvisioning) {
        return Finding{"H-A9", Ruling::kHold,
                       is + ", and a volume may be on its way to it",
                       "run again once it is Bound"};
      }
      if (binding != Binding::kLost && volume == nullptr) {
        return Finding{"H-A9", Ruling::kHold,
                       is + ", and its volume is not there or is held for another claim",
                       keep + "; look at the volume"};
      }
      if (volume != nullptr && outlook_.SharesStorage(*volume) != nullptr) {
        return Refuse(is + ", whose folder or disk is another volume's too",
                      keep + "; copy the data of one of the two first");
      }
    }
    return std::nullopt;
  }

  /// Row 25, or 24 without an approval.
  Finding Approved() const {
    Finding finding;
    finding.hazard = "H-A9";
    finding.approval.action = ToString(ApprovalAction::kDetach);
    const Approval* given = nullptr;
    std::string why_not;
    bool all = true;
    for (const Object* claim : claims_) {
      const auto answer = outlook_.approvals().ForDetach(*claim);
      all = all && answer.given != nullptr;
      if (answer.given != nullptr) given = answer.given;
      if (why_not.empty()) why_not = answer.why_not;
    }
    if (all) {
      finding.reason =
          Is() + " goes, and its claims stay: before, " + DescribeOptOut(*op_) +
          " is made sure of, and their volumes get reclaim policy Retain" + Claims();
      return Lifted(std::move(finding), *given);
    }
    finding.reason =
        Is() +
        (KeepsClaims(*op_, resource_)
             ? ": its operator leaves its claims behind when it goes (" +
                   DescribeOptOut(*op_) + "), without anybody who uses them"
             : ": its operator deletes its claims, and their data, when it goes") +
        Claims();
    if (!why_not.empty()) finding.reason += "; " + why_not;
    finding.remedy = Approve() + "; by it the claims and their volumes stay";
    return finding;
  }

  const Object& resource_;
  const Outlook& outlook_;
  const Snapshot& live_;
  const OperatorKind* op_;
  std::vector<const Object*> claims_;
};

}  // namespace

void ForbidCustomDeletion(const DeletionCase& deletion, std::vector<Finding>& findings) {
  const ObjectRef& ref = deletion.live.ref();
  if (ref.Is("apiextensions.k8s.io", "CustomResourceDefinition")) {
    findings.push_back(OfDefinition(deletion.live, deletion.outlook));
    return;
  }
  if (IsBuiltInKind(ref.group, ref.kind) || IsSnapshotKind(ref)) return;
  findings.push_back(ResourceTable(deletion).Judge());
}

}  // namespace holdfast
