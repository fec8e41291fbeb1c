#include "apply/approval_draft.h"

#include <algorithm>
#include <set>
#include <utility>

#include "apply/claim_state.h"
#include "apply/hazard.h"
#include "apply/leaving_claims.h"
#include "apply/purge.h"
#include "apply/quarantine.h"
#include "apply/timestamp.h"
#include "apply/volume_copy.h"

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

  ApprovalDrafts DraftDestroy(const std::vector<std::string>& volumes) {
    Json targets = Json::array();
    Json snapshots = Json::array();
    bool no_copy = false;
    for (const std::string& name : volumes) {
      const Object* volume = input_.live.Find({"", "PersistentVolume", "", name});
      const std::string why = NotToBeDestroyed(volume);
      if (!why.empty()) {
        drafts_.beyond.push_back("PersistentVolume " + name + ": " + why);
        continue;
      }
      const Json& holder = MapIn(volume->json(), "spec", "claimRef");
      targets.push_back({{"kind", "PersistentVolumeClaim"},
                         {"namespace", StringIn(holder, "namespace")},
                         {"name", StringIn(holder, "name")},
                         {"uid", StringIn(holder, "uid")},
                         {"pv", name},
                         {"pvUid", volume->uid()}});
      const VolumeCopy copy = FindCopy(CopyOfDetached(*volume), outlook_);
      if (copy.snapshot == nullptr) {
        no_copy = true;
        continue;
      }
      snapshots.push_back(
          {{"name", copy.snapshot->ref().name}, {"uid", copy.snapshot->uid()}});
    }
    if (targets.empty()) return std::move(drafts_);
    Json spec = Spec(ApprovalAction::kDestroy, "the data are not needed any more");
    if (targets.size() > 1) spec["batch"] = targets.size();
    const std::string name = StringIn(targets.front(), "name");
    spec["targets"] = std::move(targets);
    if (no_copy) {
      spec["noCopy"] = true;
    } else {
      spec["snapshots"] = std::move(snapshots);
    }
    Add("destroy-" + name, std::move(spec));
    return std::move(drafts_);
  }

 private:
  std::string NotToBeDestroyed(const Object* volume) const {
    if (volume == nullptr) return "it is not there";
    if (!IsQuarantined(*volume)) {
      return "it is not in quarantine (kubectl get pv -l holdfast.dev/quarantine lists "
             "what is): a claim is detached first, and its volume destroyed afterwards";
    }
    const auto from = MayGoFrom(*volume);
    if (!from) return "it does not say when it was detached";
    if (input_.live.server_time < *from) {
      return "it may go from " + FormatTimestamp(*from) +
             " on, seven days after it was detached; ask again then";
    }
    return "";
  }

  void Take(const Change* change, const Finding& finding) {
    if (!Stops(finding.ruling)) return;
    const std::string& action = finding.approval.action;
    if (action == ToString(ApprovalAction::kDetach) && change != nullptr) {
      detaches_ = true;
    } else if (action == ToString(ApprovalAction::kScaleDown) && change != nullptr) {
      AddScaleDown(*change);
    } else if (action == ToString(ApprovalAction::kRestart) && change != nullptr) {
      AddRestart(*change);
    } else if (action == ToString(ApprovalAction::kResizeRecreate) && change != nullptr) {
      AddRecreation(*change);
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

  static Json TargetOf(const ObjectRef& ref, const Object* live) {
    return {{"kind", ref.kind},
            {"namespace", ref.name_space},
            {"name", ref.name},
            {"uid", live == nullptr ? "" : live->uid()}};
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
    const std::set<ObjectRef>& going = outlook_.going();
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

  void AddRecreation(const Change& change) {
    const Object* live = input_.live.Find(change.ref);
    if (live == nullptr) return;
    Json spec = Spec(ApprovalAction::kResizeRecreate,
                     "the volumes of " + change.ref.name +
                         " grow; it is made anew around its pods");
    spec["targets"] = Json::array({TargetOf(change.ref, live)});
    Add("resize-" + change.ref.name, std::move(spec));
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
    spec["targets"] = Json::array({TargetOf(change->ref, live)});
    Add("accept-" + change->ref.name, std::move(spec));
  }

  const PlanInput& input_;
  const Plan& plan_;
  Outlook outlook_;
  bool detaches_ = false;
  ApprovalDrafts drafts_;
};

}  // namespace

std::vector<Snapshot::Listed> ListsForDestroy(const PlanInput& input,
                                              const std::vector<std::string>& volumes) {
  std::set<Snapshot::Listed> lists;
  for (const std::string& name : volumes) {
    const Object* volume = input.live.Find({"", "PersistentVolume", "", name});
    if (volume == nullptr) continue;
    for (const Snapshot::Listed& one : ListsForCopy(
             StringIn(volume->json(), "spec", "claimRef", "namespace"))) {
      lists.insert(one);
    }
  }
  return {lists.begin(), lists.end()};
}

ApprovalDrafts DraftDestroy(const PlanInput& input,
                            const std::vector<std::string>& volumes) {
  const Plan none;
  return Drafter(input, none).DraftDestroy(volumes);
}

ApprovalDrafts DraftApprovals(const PlanInput& input, const Plan& plan) {
  return Drafter(input, plan).Draft();
}

}  // namespace holdfast
