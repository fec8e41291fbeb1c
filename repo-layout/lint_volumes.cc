// H-E1, H-E2, H-B2, H-B3: two writers on one volume, and claims that are
// deleted with what uses them.

#include <algorithm>

#include "repo-layout/lint_rules.h"
#include "repo-layout/pods.h"

namespace holdfast {
namespace {

/// True if the claim is in this revision and may be mounted by many pods.
bool IsForMany(const LintContext& context, const Manifest& workload,
               const std::string& name) {
  const Manifest* claim = context.Claim(workload, name);
  if (claim == nullptr) return false;
  const Json& modes = ArrayIn(claim->object.json(), "spec", "accessModes");
  return std::any_of(modes.begin(), modes.end(), [](const Json& mode) {
    return mode == "ReadWriteMany" || mode == "ReadOnlyMany";
  });
}

/// The claims that the pods of a Deployment write to, one for all of them.
std::vector<ClaimView> SharedClaims(const Manifest& manifest) {
  std::vector<ClaimView> claims;
  const ObjectRef& ref = manifest.object.ref();
  if (!ref.Is("apps", "Deployment") && !ref.Is("apps", "ReplicaSet")) return claims;
  for (ClaimView& claim : ClaimsOf(PodView(manifest.object))) {
    if (!claim.read_only) claims.push_back(std::move(claim));
  }
  return claims;
}

}  // namespace

/// RollingUpdate, the default, starts the new pod while the old one still runs.
void JudgeStrategy(const LintContext& context, const Manifest& manifest,
                   Remarks& remarks) {
  if (!manifest.object.ref().Is("apps", "Deployment")) return;
  if (StringIn(manifest.object.json(), "spec", "strategy", "type") == "Recreate") return;
  const bool is_engine = RunsEngine(PodView(manifest.object));
  for (const ClaimView& claim : SharedClaims(manifest)) {
    // A web tier may share a volume that is made for it; no database can.
    if (!is_engine && IsForMany(context, manifest, claim.claim)) continue;
    remarks.Add(
        manifest, "H-E1", is_engine ? Ruling::kRefuse : Ruling::kWarn,
        "writes to claim " + claim.claim + AtLine(manifest, claim.pointer) +
            " and has not strategy Recreate: each rollout starts the new pod while the "
            "old one still writes" +
            (is_engine ? ", and two servers on one data directory corrupt it"
                       : ", or waits for a volume that the old one holds"),
        "write strategy: {type: Recreate} into its spec");
    return;
  }
}

void JudgeReplicas(const LintContext& context, const Manifest& manifest,
                   Remarks& remarks) {
  const long long replicas = IntegerIn(1, manifest.object.json(), "spec", "replicas");
  if (replicas < 2) return;
  const bool is_engine = RunsEngine(PodView(manifest.object));
  for (const ClaimView& claim : SharedClaims(manifest)) {
    if (!is_engine && IsForMany(context, manifest, claim.claim)) continue;
    remarks.Add(
        manifest, "H-E2", Ruling::kRefuse,
        "asks for " + std::to_string(replicas) + " replicas" +
            AtLine(manifest, "/spec/replicas") + " that all write to the one claim " +
            claim.claim +
            (is_engine ? ": two servers on one data directory corrupt it"
                       : ", which this revision does not make a volume for many pods"),
        "set replicas: 1, or use a StatefulSet, which gives each pod a claim of its own");
    return;
  }
}

/// With Delete the StatefulSet becomes its claims' owner, and garbage collection
/// takes them along: no guard is asked then.
void RefuseRetention(const LintContext&, const Manifest& manifest, Remarks& remarks) {
  const ObjectRef& ref = manifest.object.ref();
  if (ref.kind != "StatefulSet") return;
  struct Policy {
    const char* field;
    const char* hazard;
    const char* effect;
  };
  constexpr Policy kPolicies[] = {
      {"whenDeleted", "H-B2",
       "whoever deletes the StatefulSet, by mistake or to recreate it, deletes every "
       "claim of it "
       "and, with reclaim policy Delete, the data of all its members"},
      {"whenScaled", "H-B3",
       "each scale-down deletes the claim of the member that leaves; a wrong number of "
       "replicas, "
       "put right a minute later, has cost its data"}};
  for (const Policy& policy : kPolicies) {
    const Json& policies =
        MapIn(manifest.object.json(), "spec", "persistentVolumeClaimRetentionPolicy");
    if (StringIn(policies, policy.field) != "Delete") continue;
    const std::string pointer =
        "/spec/persistentVolumeClaimRetentionPolicy/" + std::string(policy.field);
    remarks.Add(
        manifest, policy.hazard, Ruling::kRefuse,
        "has " + std::string(policy.field) + ": Delete" + AtLine(manifest, pointer) +
            " in its persistentVolumeClaimRetentionPolicy: " + policy.effect,
        "write " + std::string(policy.field) +
            ": Retain, and remove claims one by one when their data is no longer needed");
  }
}

}  // namespace holdfast
