// H-G5: a claim whose class waits for the first pod gets no volume while no pod mounts it.
// That is no fault of the cluster, and nobody waits for it; but whoever wrote the claim
// expects a volume.

#include <algorithm>

#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/pod_template.h"

namespace holdfast {
namespace {

/// True unless a volume is its own already, or reserved for it.
bool WaitsForPod(const Object& claim, const Outlook& outlook) {
  if (!StringIn(claim.json(), "spec", "volumeName").empty()) return false;
  if (!outlook.VolumesFor(claim.ref()).empty()) return false;
  const ObjectRef ref{"storage.k8s.io", "StorageClass", "",
                      StringIn(claim.json(), "spec", "storageClassName")};
  if (ref.name.empty()) return false;
  const Manifest* desired = outlook.Desired(ref);
  const Object* of_class = desired != nullptr ? &desired->object : outlook.live().Find(ref);
  return of_class != nullptr &&
         StringIn(of_class->json(), "volumeBindingMode") == "WaitForFirstConsumer";
}

/// True if something in Git may bring the pod, a workload by its name or by the claims that
/// it makes, a resource of which only its operator knows what it mounts; or a volume that is
/// reserved for it.
bool IsUsedInGit(const ObjectRef& claim, const Outlook& outlook) {
  for (const Edge* edge : outlook.EdgesTo(claim)) {
    if (RunsPods(edge->from) || edge->from.Is("", "Pod")) return true;
  }
  const auto& desired = outlook.input().desired;
  return std::any_of(desired.begin(), desired.end(), [&](const Manifest& manifest) {
    const ObjectRef& ref = manifest.object.ref();
    const Json& reserved = MapIn(manifest.object.json(), "spec", "claimRef");
    if (IsVolume(ref) && StringIn(reserved, "name") == claim.name) return true;
    if (ref.name_space != claim.name_space) return false;
    return !IsBuiltInKind(ref.group, ref.kind) ||
           (IsStatefulSet(ref) && OrdinalOfClaim(manifest.object, claim.name) >= 0);
  });
}

}  // namespace

void WarnUnusedClaim(const ChangeCase& change, std::vector<Finding>& findings) {
  // Told once: with it an answer may come that Git has no part in.
  const bool is_new = IsClaim(change.ref()) && change.live == nullptr;
  if (!is_new || !WaitsForPod(change.After(), change.outlook)) return;
  if (IsUsedInGit(change.ref(), change.outlook)) return;
  findings.push_back(
      {"H-G5", Ruling::kWarn,
       change.manifest.source.ToString() + ": nothing in Git mounts " +
           change.ref().ToString() + ", and its StorageClass " +
           StringIn(change.After().json(), "spec", "storageClassName") +
           " makes a volume only for the first pod that does: until then it stays Pending",
       "add the workload that mounts it, unless that comes from elsewhere"});
}

}  // namespace holdfast
