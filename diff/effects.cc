#include "diff/effects.h"

#include <algorithm>
#include <string_view>

#include "diff/effects_other.h"
#include "diff/effects_workload.h"

namespace holdfast {

bool Touches(const std::vector<FieldChange>& fields, std::string_view prefix) {
  return std::any_of(fields.begin(), fields.end(), [&](const FieldChange& field) {
    const std::string_view path = field.path;
    if (!path.starts_with(prefix)) return false;
    return path.size() == prefix.size() || path[prefix.size()] == '.' ||
           path[prefix.size()] == '[';
  });
}

std::vector<std::string> Effects(const Object& before, const Object& after,
                                 const std::vector<FieldChange>& fields) {
  std::vector<std::string> sentences = WorkloadEffects(before, after, fields);
  for (std::string& sentence : OtherEffects(before, after, fields)) {
    sentences.push_back(std::move(sentence));
  }
  return sentences;
}

std::vector<std::string> EffectsOfDeletion(const Object& live) {
  const ObjectRef& ref = live.ref();
  const Json& json = live.json();
  const std::string pods = PodsOf(IntegerIn(1, json, "spec", "replicas"));
  if (ref.Is("apps", "StatefulSet")) {
    const bool takes_claims =
        StringIn(json, "spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted") ==
        "Delete";
    return {"stops its " + pods + ", in no order; " +
            (takes_claims ? "their claims go with them" : "their claims stay")};
  }
  if (ref.Is("apps", "Deployment") || ref.Is("apps", "ReplicaSet")) {
    return {"stops its " + pods};
  }
  if (ref.Is("apps", "DaemonSet")) return {"stops its pods on every node"};
  if (ref.Is("batch", "CronJob")) {
    return {"no further run; its jobs go, and their pods stop"};
  }
  if (ref.Is("batch", "Job")) return {"its pods stop, finished or not"};
  if (ref.Is("", "Service")) {
    std::vector<std::string> told = {"its clients lose the name " + ref.name + "." +
                                     ref.name_space + ".svc"};
    const std::string address = StringIn(json, "spec", "clusterIP");
    if (!address.empty() && address != "None") told[0] += " and the address " + address;
    if (StringIn(json, "spec", "type") == "LoadBalancer") {
      told.push_back("gives up its load balancer and its external address");
    }
    return told;
  }
  if (ref.Is("autoscaling", "HorizontalPodAutoscaler")) {
    return {"nothing scales " + StringIn(json, "spec", "scaleTargetRef", "kind") + " " +
            StringIn(json, "spec", "scaleTargetRef", "name") +
            " any more; it keeps the replicas that it has"};
  }
  if (ref.Is("policy", "PodDisruptionBudget")) {
    return {"a drain of nodes may take down all of the pods that it protected at once"};
  }
  if (ref.Is("networking.k8s.io", "NetworkPolicy")) {
    return {"the pods that it selects accept and send what no other policy forbids"};
  }
  if (ref.Is("networking.k8s.io", "Ingress")) {
    return {"what it routes is not reachable through it any more, at once"};
  }
  return {};
}

}  // namespace holdfast
