#include <string_view>

#include "diff/effects.h"
#include "diff/effects_workload.h"

namespace holdfast {
namespace {

/// "db-0", or "db-0 to db-2".
std::string OrdinalsOf(const Object& set, long long count) {
  const long long first = IntegerIn(0, set.json(), "spec", "ordinals", "start");
  const std::string one = set.ref().name + "-" + std::to_string(first);
  if (count == 1) return one;
  return one + " to " + set.ref().name + "-" + std::to_string(first + count - 1);
}

std::string TextOf(const Json* value) {
  if (value == nullptr) return "";
  return value->is_string() ? value->get<std::string>() : DumpJson(*value);
}

/// "10Gi of class fast"; a manifest without a class gets the default one.
std::string StorageOf(const Json& claim_spec) {
  const std::string size = TextOf(FindIn(claim_spec, "resources", "requests", "storage"));
  const Json* given = FindIn(claim_spec, "storageClassName");
  const std::string name = TextOf(given);
  const std::string from = given == nullptr || given->is_null() ? "of the default class"
                           : name.empty()                       ? "of no class"
                                                                : "of class " + name;
  return (size.empty() ? "an unknown size" : size) + " " + from;
}

std::vector<std::string> OfStatefulSet(const Object& wanted) {
  const long long pods = IntegerIn(1, wanted.json(), "spec", "replicas");
  if (pods <= 0) return {"starts no pod: its replicas are 0"};
  const bool at_once =
      StringIn(wanted.json(), "spec", "podManagementPolicy") == "Parallel";
  std::vector<std::string> told = {"starts " + PodsOf(pods) + ", " +
                                   OrdinalsOf(wanted, pods)};
  if (pods > 1) {
    told[0] += at_once ? ", all at once" : ", each when the one before is ready";
  }
  for (const Json& claim : ArrayIn(wanted.json(), "spec", "volumeClaimTemplates")) {
    // A set that is made anew takes the claims that it finds.
    told.push_back("claims " + StringIn(claim, "metadata", "name") + ": " +
                   StorageOf(MapIn(claim, "spec")) + " for each pod that has none yet");
  }
  return told;
}

}  // namespace

std::vector<std::string> EffectsOfCreation(const Object& wanted) {
  const ObjectRef& ref = wanted.ref();
  const Json& json = wanted.json();
  if (ref.Is("apps", "StatefulSet")) return OfStatefulSet(wanted);
  if (ref.Is("apps", "Deployment") || ref.Is("apps", "ReplicaSet")) {
    const long long pods = IntegerIn(1, json, "spec", "replicas");
    if (pods <= 0) return {"starts no pod: its replicas are 0"};
    return {"starts " + PodsOf(pods)};
  }
  if (ref.Is("apps", "DaemonSet")) return {"starts a pod on every node that it fits"};
  if (ref.Is("batch", "Job") || ref.Is("batch", "CronJob")) {
    const Json* suspend = FindIn(json, "spec", "suspend");
    if (suspend != nullptr && *suspend == Json(true))
      return {"runs nothing: it is suspended"};
    if (ref.kind == "Job") return {"runs its pods once, now"};
    return {"runs by the schedule " + StringIn(json, "spec", "schedule")};
  }
  if (ref.Is("", "PersistentVolumeClaim")) {
    const std::string volume = StringIn(json, "spec", "volumeName");
    if (!volume.empty()) return {"takes the volume " + volume};
    std::string asks = "asks for " + StorageOf(MapIn(json, "spec"));
    for (const char* source : {"dataSource", "dataSourceRef"}) {
      const Json& from = MapIn(json, "spec", source);
      if (from.empty()) continue;
      asks += ", filled from " + StringIn(from, "kind") + " " + StringIn(from, "name");
      break;
    }
    return {asks};
  }
  if (ref.Is("", "Service") && StringIn(json, "spec", "type") == "LoadBalancer") {
    return {"asks for a load balancer with an external address"};
  }
  return {};
}

}  // namespace holdfast
