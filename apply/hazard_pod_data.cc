// H-B1: data that a pod owns. A generic ephemeral volume is a claim whose owner is its
// pod: every change that replaces or removes pods deletes it, and reclaim policy Delete
// the data. No policy makes it harmless: the next pod begins with an empty volume.

#include <algorithm>

#include "apply/enumerated.h"
#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/ordinals.h"
#include "apply/pod_template.h"
#include "apply/rollout.h"
#include "apply/stateful.h"
#include "diff/effects.h"

namespace holdfast {
namespace {

constexpr std::size_t kMostShown = 4;

/// How many of `pods` pods the controller replaces by itself for a new template.
long long Reach(const Object& object, long long pods) {
  const bool waits =
      StringIn(object.json(), "spec", "updateStrategy", "type") == "OnDelete";
  return waits ? 0 : std::max(0LL, pods - PartitionOf(object));
}

bool ReplacesPods(const ChangeCase& change) {
  const ObjectRef& ref = change.ref();
  // These leave the pods that they have made as they are.
  if (ref.Is("", "Pod") || ref.Is("apps", "ReplicaSet") ||
      ref.Is("", "ReplicationController")) {
    return false;
  }
  const Object& live = *change.live;
  const Object& after = change.After();
  const bool differs = change.AfterIsWhole()
                           ? MapIn(live.json(), "spec", "template") !=
                                 MapIn(after.json(), "spec", "template")
                           : Touches(change.prediction.fields, "spec.template");
  const long long pods = ReplicasOf(live);
  const long long reach = Reach(after, pods);
  // An earlier template that was held back may be let go.
  return differs ? reach > 0 : reach > Reach(live, pods) && !AllOfTemplate(live);
}

bool RemovesPods(const ChangeCase& change) {
  if (FindIn(change.After().json(), "spec", "replicas") == nullptr) return false;
  const Ordinals was = OrdinalsOf(*change.live);
  const Ordinals is = OrdinalsOf(change.After());
  return is.first > was.first || is.end < was.end;
}

/// The live claims that pods of `workload` have made for their volume, as far as read.
std::vector<std::string> ClaimsOfPods(const ObjectRef& workload,
                                      const std::string& volume, const Snapshot& live) {
  std::vector<std::string> names;
  for (const Object* pod : live.All("", "Pod", workload.name_space)) {
    const ObjectRef claim{"", "PersistentVolumeClaim", workload.name_space,
                          pod->ref().name + "-" + volume};
    const bool there = live.Find(claim) != nullptr;
    if (there && RootController(*pod, live) == workload) names.push_back(claim.name);
  }
  return names;
}

std::string Place(const PodData& data) {
  const std::string who = data.engine != nullptr ? std::string(data.engine->name)
                                                 : "container " + data.mount.container;
  return who + " keeps " + (data.engine != nullptr ? "its data" : "what it has") +
         " in " + data.directory + " on " +
         (data.is_claim
              ? "ephemeral volume " + data.mount.volume +
                    ", a claim that each pod makes for itself and that goes with it"
              : "an emptyDir, which goes with the pod");
}

}  // namespace

void GuardPodData(const ChangeCase& change, std::vector<Finding>& findings) {
  // Their pods end, and what they hold with them: that is scratch, or a copy.
  if (change.ref().group == "batch") return;
  const Object& after = change.After();
  if (change.live == nullptr) {
    for (const PodData& data : DataOfPods(after)) {
      findings.push_back(
          {"H-B1", Ruling::kWarn,
           change.manifest.WhereIs(data.mount.pointer) + ": " + Place(data) +
               ": each rollout, and each pod that moves, begins with an empty one",
           "for data that are to stay use a PersistentVolumeClaim, or "
           "volumeClaimTemplates"});
    }
    return;
  }
  if (after == *change.live || ReplicasOf(*change.live) == 0) return;
  const bool replaces = ReplacesPods(change);
  if (!replaces && !RemovesPods(change)) return;
  for (const PodData& data : DataOfPods(*change.live)) {
    const auto claims = data.is_claim ? ClaimsOfPods(change.ref(), data.mount.volume,
                                                     change.outlook.live())
                                      : std::vector<std::string>();
    findings.push_back(
        {"H-B1",
         data.is_claim && data.engine != nullptr ? Ruling::kRefuse : Ruling::kWarn,
         change.manifest.WhereIs(replaces ? "/spec/template" : "/spec/replicas") + ": " +
             (replaces ? "the pods of " : "pods leave ") + change.ref().kind + " " +
             change.ref().name + (replaces ? " are replaced, and " : ", and ") +
             Place(data) +
             (claims.empty() ? "" : " (" + Enumerated(claims, kMostShown) + ")"),
         "keep the pods as they are; to keep the data, copy them to a claim of its own "
         "(a PersistentVolumeClaim, or volumeClaimTemplates) and switch over by hand; if "
         "they are of no use, apply the manifest by hand"});
  }
}

}  // namespace holdfast
