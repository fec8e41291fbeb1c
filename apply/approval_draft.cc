#include "apply/approval_draft.h"

#include <algorithm>
#include <set>
#include <utility>

#include "apply/claim_state.h"
#include "apply/hazard.h"
#include "apply/leaving_claims.h"
#include "apply/timestamp.h"

namespace holdfast {
namespace {

constexpr long long kValidFor = 3LL * 86400;  // Seconds.

class Drafter {
 public:
  Drafter(const PlanInput& input, const Plan& plan)
      : input_(input), plan_(plan), outlook_(input) {}

  ApprovalDrafts Draft() {
    for (const Finding& finding : plan_.set.findings) Take(nullptr, finding);
    for (const Change& change : plan_.set.changes) {
      for (const Finding& finding : change.findings) Take(&change, finding);
    }
    if (detaches_) AddDetach();
    return std::move(drafts_);
  }

 private:
  void Take(const Change* change, const Finding& finding) {
    if (!Stops(finding.ruling)) return;
    const std::string& action = finding.approval.action;
    if (action == ToString(ApprovalAction::kDetach) && change != nullptr) {
      detaches_ = true;
    } else if (action == ToString(ApprovalAction::kScaleDown) && change != nullptr) {
      AddScaleDown(*change);
    } else if (action == ToString(ApprovalAction::kRestart) && change != nullptr) {
      AddRestart(*change);
    } else if (action == ToString(ApprovalAction::kRewind)) {
      AddRewind();
    } else if (action == ToString(ApprovalAction::kAccept)) {
      AddAccept(change, finding);
    } else {
      drafts_.beyond.push_back((change == nullptr ? "" : change->ref.ToString() + ": ") +
                               finding.reason + "  [" + finding.hazard +
                               "]; do: " + finding.remedy);
    }
  }

  Json Spec(ApprovalAction action, const std::string& reason) const {
    return {{"cluster", input_.live.cluster_uid},
            {"action", ToString(action)},
            {"reason", reason},
            {"notBefore", FormatTimestamp(input_.live.server_time)},
            {"expires", FormatTimestamp(input_.live.server_time + kValidFor)}};
  }

  void Add(const std::string& name, Json spec) {
    drafts_.documents.push_back({{"apiVersion", "holdfast.dev/v1"},
                                 {"kind", "Approval"},
                                 {"metadata", {{"name", name}}},
                                 {"spec", std::move(spec)}});
  }

  Json ClaimTarget(const Object& claim) const {
    const std::string name = StringIn(claim.json(), "spec", "volumeName");
    const Object* volume =
        name.empty() ? nullptr : input_.live.Find({"", "PersistentVolume", "", name});
    return {{"kind", claim.ref().kind},
            {"namespace", claim.ref().name_space},
            {"name", claim.ref().name},
            {"uid", claim.uid()},
            {"pv", name},
            {"pvUid", volume == nullptr ? "" : volume->uid()}};
  }

  /// One for all claims: row 26.
  void AddDetach() {
    std::string names;
    Json targets = Json::array();
    const std::set<ObjectRef> going = GoingClaims(outlook_);
    for (const ObjectRef& ref : going) {
      const Object* claim = input_.live.Find(ref);
      if (claim == nullptr) continue;
      targets.push_back(ClaimTarget(*claim));
      names += (names.empty() ? "" : ", ") + ref.name_space + "/" + ref.name;
    }
    Json spec = Spec(ApprovalAction::kDetach,
                     "Git no longer has " + names + "; the volumes stay, in quarantine");
    if (targets.empty()) return;
    if (targets.size() > 1) spec["batch"] = targets.size();
    spec["targets"] = std::move(targets);
    Add("detach-" + going.begin()->name, std::move(spec));
  }

  void AddScaleDown(const Change& change) {
    const Manifest* manifest = outlook_.Desired(change.ref);
    const Object* live = input_.live.Find(change.ref);
    if (manifest == nullptr || live == nullptr) return;
    Json targets = Json::array();
    for (const Object* claim : LeavingClaims(*live, manifest->object, input_.live)) {
      targets.push_back(ClaimTarget(*claim));
    }
    if (targets.empty()) return;
    Json spec = Spec(ApprovalAction::kScaleDown,
                     "the members that leave were taken out of the engine first");
    if (targets.size() > 1) spec["batch"] = targets.size();
    spec["targets"] = std::move(targets);
    // A statement of fact that only a person can make.
    spec["decommissioned"] = false;
    Add("scale-down-" + change.ref.name, std::move(spec));
  }

  void AddRestart(const Change& change) {
    const Object* live = input_.live.Find(change.ref);
    if (live == nullptr) return;
    for (const Object* pod : PodsToRestart(change.ref, outlook_)) {
      Json spec = Spec(ApprovalAction::kRestart,
                       "it never became ready, and the rollout waits for it");
      spec["targets"] = Json::array({{{"kind", pod->ref().kind},
                                      {"namespace", pod->ref().name_space},
                                      {"name", pod->ref().name},
                                      {"uid", pod->uid()}}});
      Add("restart-" + pod->ref().name, std::move(spec));
    }
  }

  void AddRewind() {
    Json spec = Spec(ApprovalAction::kRewind,
                     "history was rewound from " + input_.inventory.revision);
    spec["to"] = input_.revision;
    Add("rewind-" + input_.revision.substr(0, 12), std::move(spec));
  }

  void AddAccept(const Change* change, const Finding& finding) {
    Json spec = Spec(ApprovalAction::kAccept, finding.reason);
    spec["hazard"] = finding.hazard;
    if (change == nullptr) {
      spec["deletions"] = CountDeletions(outlook_);
      return Add("accept-deletions", std::move(spec));
    }
    const Object* live = input_.live.Find(change->ref);
    spec["targets"] = Json::array({{{"kind", change->ref.kind},
                                    {"namespace", change->ref.name_space},
                                    {"name", change->ref.name},
                                    {"uid", live == nullptr ? "" : live->uid()}}});
    Add("accept-" + change->ref.name, std::move(spec));
  }

  const PlanInput& input_;
  const Plan& plan_;
  Outlook outlook_;
  bool detaches_ = false;
  ApprovalDrafts drafts_;
};

}  // namespace

ApprovalDrafts DraftApprovals(const PlanInput& input, const Plan& plan) {
  return Drafter(input, plan).Draft();
}

}  // namespace holdfast
