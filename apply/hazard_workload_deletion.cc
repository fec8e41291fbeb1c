// H-B2, H-B8: a workload with data is deleted. Kubernetes promises no order in which its
// pods stop then, and with whenDeleted: Delete it deletes the claims as well.

#include <algorithm>
#include <set>

#include "apply/at_work.h"
#include "apply/claim_state.h"
#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/stateful.h"
#include "apply/volumes.h"

namespace holdfast {
namespace {

std::string ClaimList(const Object& workload, const Outlook& outlook) {
  std::string list;
  for (const Object* claim : ClaimsOfWorkload(workload, outlook.live())) {
    list += (list.empty() ? "" : "; ") + claim->ref().name + ": " +
            DescribeClaim(*claim, outlook.live());
  }
  return list.empty() ? "" : " [" + list + "]";
}

/// True if the plan deletes every claim of the workload too: then the service is meant to
/// end, and who approves the detach of its claims approves that it is stopped.
bool GoesWithItsClaims(const Object& workload, const Outlook& outlook) {
  const auto claims = ClaimsOfWorkload(workload, outlook.live());
  if (claims.empty() || !HasReplicas(workload.ref())) return false;
  const std::set<ObjectRef>& going = outlook.going();
  return std::all_of(claims.begin(), claims.end(),
                     [&](const Object* claim) { return going.count(claim->ref()) != 0; });
}

/// The approval of that, if there is one for each of its claims.
const Approval* DetachOfAll(const Object& workload, const Outlook& outlook) {
  const Approval* given = nullptr;
  for (const Object* claim : ClaimsOfWorkload(workload, outlook.live())) {
    given = outlook.approvals().ForDetach(*claim).given;
    if (given == nullptr) return nullptr;
  }
  return given;
}

Finding StoppedFirst(const Object& workload, const std::string& at_work,
                     const Outlook& outlook) {
  const ObjectRef& ref = workload.ref();
  Finding finding{
      "H-B8", Ruling::kApproval,
      ref.kind + " " + ref.name + " holds data and " + at_work +
          ": it goes together with its claims, stopped first, and deleted when "
          "its pods are gone",
      "approve the detach of its claims: holdfast approve > approvals/" +
          ClaimsOfWorkload(workload, outlook.live()).front()->ref().name +
          ".yaml, and commit it; or keep its manifest in Git"};
  finding.approval.action = ToString(ApprovalAction::kDetach);
  const Approval* given = DetachOfAll(workload, outlook);
  return given == nullptr ? finding : Lifted(std::move(finding), *given);
}

std::string HowToStop(const Object& object) {
  const ObjectRef& ref = object.ref();
  if (ref.Is("", "Pod") || ref.Is("batch", "Job")) return "wait until it has ended";
  if (ref.Is("batch", "CronJob")) {
    return "set spec.suspend: true in Git and wait until its jobs have ended";
  }
  if (ref.Is("apps", "DaemonSet")) {
    return "give its pods a nodeSelector that no node matches, in Git, and wait until "
           "they are gone";
  }
  return "set spec.replicas: 0 in Git, sync, wait until its pods are gone";
}

}  // namespace

void ForbidRetentionDelete(const DeletionCase& deletion, std::vector<Finding>& findings) {
  const Object& set = deletion.live;
  const std::string when_deleted =
      StringIn(set.json(), "spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted");
  if (!IsStatefulSet(set.ref()) || when_deleted != "Delete") return;
  findings.push_back({"H-B2", Ruling::kRefuse,
                      "StatefulSet " + set.ref().name +
                          " says persistentVolumeClaimRetentionPolicy.whenDeleted: "
                          "Delete: its claims and their data would be deleted with it" +
                          ClaimList(set, deletion.outlook),
                      "set whenDeleted: Retain in Git, sync, and remove the StatefulSet "
                      "in a later commit"});
}

void ForbidRunningDeletion(const DeletionCase& deletion, std::vector<Finding>& findings) {
  const Object& object = deletion.live;
  if (!IsStateful(object)) return;
  const ObjectRef& ref = object.ref();
  const std::string at_work = AtWork(object, deletion.outlook.live());
  if (!at_work.empty() && GoesWithItsClaims(object, deletion.outlook)) {
    findings.push_back(StoppedFirst(object, at_work, deletion.outlook));
  } else if (!at_work.empty()) {
    findings.push_back(
        {"H-B8", Ruling::kRefuse,
         ref.kind + " " + ref.name + " holds data and " + at_work +
             ": deleting it now stops its pods in no order" +
             ClaimList(object, deletion.outlook),
         HowToStop(object) + "; then remove the manifest in a later commit"});
    return;
  }
  const std::string unknown = deletion.outlook.Unlisted("", "Pod", ref.name_space);
  if (unknown.empty()) return;
  findings.push_back(
      {"H-B8", Ruling::kHold,
       "it cannot be told whether pods of " + ref.kind + " " + ref.name +
           " still run: " + unknown,
       "let Holdfast list pods, then run again; nothing is deleted before"});
}

}  // namespace holdfast
