// H-B2, H-B8: a workload with data is deleted. Kubernetes promises no order in which its
// pods stop then, and with whenDeleted: Delete it deletes the claims as well.

#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/pod_template.h"
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

/// True for a Job or Pod that has ended: there is nothing left to stop.
bool HasEnded(const Object& object) {
  if (object.ref().Is("", "Pod")) {
    const std::string phase = StringIn(object.json(), "status", "phase");
    return phase == "Succeeded" || phase == "Failed";
  }
  return IntegerIn(0, object.json(), "status", "active") == 0 &&
         !StringIn(object.json(), "status", "startTime").empty();
}

/// What is still at work, as a clause; empty if nothing.
std::string AtWork(const Object& object, const Outlook& outlook) {
  const ObjectRef& ref = object.ref();
  const Json& json = object.json();
  if (ref.Is("", "Pod") || ref.Is("batch", "Job")) {
    return HasEnded(object) ? "" : "it has not ended";
  }
  if (ref.Is("batch", "CronJob")) {
    return ArrayIn(json, "status", "active").empty() ? "" : "one of its jobs is running";
  }
  if (ref.Is("apps", "DaemonSet")) {
    const long long count = IntegerIn(0, json, "status", "currentNumberScheduled");
    if (count > 0) return std::to_string(count) + " pods run";
  } else {
    const long long wanted = ReplicasOf(object);
    const long long present = IntegerIn(0, json, "status", "replicas");
    if (wanted > 0) return "spec.replicas is " + std::to_string(wanted);
    if (present > 0) return std::to_string(present) + " pods are still there";
  }
  const auto pods = outlook.PodsOf(ref);
  return pods.empty() ? "" : "pod " + pods.front()->ref().name + " is still there";
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
  const std::string at_work = AtWork(object, deletion.outlook);
  if (!at_work.empty()) {
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
