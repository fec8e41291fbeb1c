// H-E3, H-E2: a second workload writes to a claim, or an autoscaler makes a second pod of
// the one that does. Each starts in the belief that the data are its own.

#include <algorithm>

#include "apply/claim_modes.h"
#include "apply/hazard.h"
#include "apply/pod_template.h"
#include "apply/stateful.h"

namespace holdfast {
namespace {

ObjectRef ClaimRef(const Object& workload, const std::string& name) {
  return {"", "PersistentVolumeClaim", workload.ref().name_space, name};
}

/// Of which the live objects have to be known.
constexpr const char* kWriters[] = {"DaemonSet", "Deployment", "StatefulSet"};

std::string Where(const Object& object, const Outlook& outlook) {
  const std::string in_git = outlook.WhereIs(object.ref(), "");
  return in_git.empty() ? "in the cluster" : in_git;
}

/// True if the workload wrote to the claim before already.
bool WroteBefore(const ChangeCase& change, const std::string& claim) {
  if (change.live == nullptr || ReplicasOf(*change.live) == 0) return false;
  for (const MountedClaim& one : MountedClaims(PodTemplate(*change.live))) {
    if (one.claim == claim && !one.read_only) return true;
  }
  return false;
}

void HoldUnlisted(const ChangeCase& change, const std::string& claim,
                  std::vector<Finding>& findings) {
  const Outlook& outlook = change.outlook;
  for (const char* kind : kWriters) {
    const std::string unknown =
        outlook.Unlisted("apps", kind, change.ref().name_space);
    if (unknown.empty()) continue;
    const bool asked_nobody = !outlook.input().live_file.empty();
    findings.push_back(
        {"H-E3", asked_nobody ? Ruling::kWarn : Ruling::kHold,
         change.manifest.source.ToString() + ": " + change.ref().ToString() +
             " begins to write to claim " + claim +
             ", and it cannot be told whether another workload does so already: " +
             unknown,
         "let Holdfast list " + std::string(kind) + " objects, then run again"});
    return;
  }
}

}  // namespace

void RefuseSecondWriter(const ChangeCase& change, std::vector<Finding>& findings) {
  const Object& after = change.After();
  if (change.ref().group == "batch" || ReplicasOf(after) == 0) return;
  for (const MountedClaim& mounted : MountedClaims(PodTemplate(after))) {
    if (mounted.read_only) continue;
    const ObjectRef claim = ClaimRef(after, mounted.claim);
    const bool wrote = WroteBefore(change, mounted.claim);
    for (const Object* other : change.outlook.WritersOf(claim)) {
      if (other->ref() == change.ref()) continue;
      const bool engine = EngineOf(after) != nullptr || EngineOf(*other) != nullptr;
      if (!engine && IsForManyWriters(claim, change.outlook)) continue;
      findings.push_back(
          {"H-E3", wrote && !engine ? Ruling::kWarn : Ruling::kRefuse,
           change.manifest.WhereIs(mounted.pointer()) + ": " + change.ref().ToString() +
               " writes to claim " + mounted.claim + ", to which " +
               other->ref().ToString() + " (" + Where(*other, change.outlook) +
               ") writes too" +
               (engine ? ": two servers on one data directory corrupt it"
                       : ", and the claim is not made for many writers"),
           "give it a claim of its own, or stop the other first: spec.replicas: 0, in a "
           "commit before this one"});
      return;
    }
    // A claim that is not there yet has no writer that is not in Git.
    const bool is_there = change.outlook.live().Find(claim) != nullptr;
    if (!wrote && is_there) HoldUnlisted(change, mounted.claim, findings);
  }
}

void GuardAutoscaler(const ChangeCase& change, std::vector<Finding>& findings) {
  if (!change.ref().Is("autoscaling", "HorizontalPodAutoscaler")) return;
  const Json& json = change.After().json();
  const long long most = IntegerIn(0, json, "spec", "maxReplicas");
  const ObjectRef target{"apps", StringIn(json, "spec", "scaleTargetRef", "kind"),
                         change.ref().name_space,
                         StringIn(json, "spec", "scaleTargetRef", "name")};
  if (most < 2 || target.kind != "Deployment") return;
  const Manifest* desired = change.outlook.Desired(target);
  const Object* workload =
      desired != nullptr ? &desired->object : change.outlook.live().Find(target);
  if (workload == nullptr) return;
  const bool engine = EngineOf(*workload) != nullptr;
  for (const MountedClaim& mounted : MountedClaims(PodTemplate(*workload))) {
    const ObjectRef claim = ClaimRef(*workload, mounted.claim);
    if (mounted.read_only || (!engine && IsForManyWriters(claim, change.outlook)))
      continue;
    findings.push_back(
        {"H-E2", Ruling::kRefuse,
         change.manifest.WhereIs("/spec/maxReplicas") + ": the autoscaler may make " +
             std::to_string(most) + " pods of " + target.ToString() +
             ", which would all write to the one claim " + mounted.claim,
         "remove the autoscaler, or use a StatefulSet, which gives each pod a claim of "
         "its own"});
    return;
  }
}

}  // namespace holdfast
