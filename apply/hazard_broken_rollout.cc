// H-G3: a rollout that broke at one pod cannot be undone from Git alone. Kubernetes waits
// for that pod before it replaces any other, and no new template gets it out of that: it
// has to be deleted, and comes back of the newest template on the same claims.

#include "apply/hazard.h"
#include "apply/health_reason.h"
#include "apply/kinds.h"
#include "apply/pod_template.h"
#include "apply/rollout.h"

namespace holdfast {
namespace {

/// What the change does to the template of a live set; nothing where no rollout is begun
/// or under way.
std::optional<Template> WhatOfTemplate(const Object& live, const Object* after) {
  const bool changes = after != nullptr && NeedsBrake(live, *after) &&
                       MapIn(live.json(), "spec", "template") !=
                           MapIn(after->json(), "spec", "template");
  if (changes) return Template::kChanges;
  if (IsOverridden(live)) return Template::kStays;
  return std::nullopt;
}

bool AllReady(const Object& set) {
  return IntegerIn(0, set.json(), "status", "readyReplicas") >= ReplicasOf(set);
}

std::string LostClaim(const Object& pod, const Outlook& outlook) {
  for (const MountedClaim& mounted : MountedClaims(PodTemplate(pod))) {
    const Object* claim = outlook.live().Find(
        {"", "PersistentVolumeClaim", pod.ref().name_space, mounted.claim});
    if (claim != nullptr && claim->terminating()) return mounted.claim;
  }
  return "";
}

Finding Stuck(const ChangeCase& change, const Object& pod) {
  const Outlook& outlook = change.outlook;
  const auto trouble = TroubleOf(pod);
  Finding finding{
      "H-G3", Ruling::kHold,
      change.manifest.source.ToString() + ": pod " + pod.ref().name + " of " +
          change.ref().ToString() + " got an earlier template and never became ready (" +
          (trouble ? trouble->sentence : "no reason is known") +
          "). Kubernetes waits for it before it replaces any pod, so this change would "
          "not take effect while that pod is there",
      ""};
  if (const std::string claim = LostClaim(pod, outlook); !claim.empty()) {
    finding.reason += "; its claim " + claim +
                      " is on its way out and would go with the pod, so it is not to be "
                      "restarted";
    finding.remedy = "save the data of " + claim + " first";
    return finding;
  }
  finding.remedy =
      "approve that this one pod is deleted, and comes back on the same claims: holdfast "
      "approve > approvals/restart-" +
      pod.ref().name + ".yaml";
  finding.approval.action = ToString(ApprovalAction::kRestart);
  const ApprovalBook::Answer answer = outlook.approvals().ForRestart(pod);
  if (answer.given != nullptr) return Lifted(std::move(finding), *answer.given);
  if (!answer.why_not.empty()) finding.reason += "; " + answer.why_not;
  return finding;
}

}  // namespace

std::vector<const Object*> PodsToRestart(const ObjectRef& set, const Outlook& outlook) {
  const Object* live = outlook.live().Find(set);
  const auto prediction = outlook.input().predictions.find(set);
  if (live == nullptr || prediction == outlook.input().predictions.end()) return {};
  const auto& result = prediction->second.result;
  const auto what = WhatOfTemplate(*live, result ? &*result : nullptr);
  if (!what) return {};
  return StuckPods(*live, outlook.live(), *what);
}

void HoldBrokenRollout(const ChangeCase& change, std::vector<Finding>& findings) {
  if (change.live == nullptr || !IsStatefulSet(change.ref()) || AllReady(*change.live)) return;
  if (!WhatOfTemplate(*change.live, &change.After())) return;
  const Outlook& outlook = change.outlook;
  const std::string unlisted = outlook.Unlisted("", "Pod", change.ref().name_space);
  // A file is no place to act from, and need not hold pods.
  if (!unlisted.empty() && outlook.input().live_file.empty()) {
    findings.push_back({"H-G3", Ruling::kHold,
                        change.ref().ToString() +
                            ": not all of its pods are ready, and whether one of them "
                            "would hold up this change is not known: " +
                            unlisted,
                        "let Holdfast list the pods of namespace " +
                            change.ref().name_space + ", then run again"});
    return;
  }
  for (const Object* pod : PodsToRestart(change.ref(), outlook)) {
    findings.push_back(Stuck(change, *pod));
  }
}

}  // namespace holdfast
