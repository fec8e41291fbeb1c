#include "apply/at_work.h"

#include <vector>

#include "apply/outlook.h"
#include "apply/pod_template.h"

namespace holdfast {
namespace {

std::vector<std::string> PodsOf(const ObjectRef& workload, const Snapshot& live) {
  std::vector<std::string> pods;
  for (const Object* pod : live.All("", "Pod", workload.name_space)) {
    if (RootController(*pod, live) == workload && pod->ref() != workload) {
      pods.push_back(pod->ref().name);
    }
  }
  return pods;
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

}  // namespace

std::string AtWork(const Object& object, const Snapshot& live) {
  const ObjectRef& ref = object.ref();
  const Json& json = object.json();
  if (ref.Is("", "Pod") || ref.Is("batch", "Job")) {
    return HasEnded(object) ? "" : "it has not ended";
  }
  if (ref.Is("batch", "CronJob")) {
    const Json& active = ArrayIn(json, "status", "active");
    if (active.empty()) return "";
    const std::string job = StringIn(active.front(), "name");
    return "its Job " + job + " is running; to end it: kubectl delete job " + job + " -n " +
           ref.name_space;
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
  const auto pods = PodsOf(ref, live);
  return pods.empty() ? "" : "pod " + pods.front() + " is still there";
}

bool HasReplicas(const ObjectRef& ref) {
  return ref.Is("apps", "Deployment") || ref.Is("apps", "StatefulSet");
}

}  // namespace holdfast
