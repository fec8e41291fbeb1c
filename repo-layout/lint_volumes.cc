// H-E1, H-E2, H-E3, H-B2, H-B3: two writers on one volume, and claims that are
// deleted with what uses them.
//
// The guard judges the same with what is live at hand (apply/hazard_*.cc); this is
// what `lint` can know without a cluster.

#include <algorithm>

#include "repo-layout/lint_rules.h"
#include "repo-layout/pods.h"

namespace holdfast {
namespace {

/// True if the claim is in this revision and many pods may write to it.
bool IsForMany(const LintContext& context, const Manifest& workload,
               const std::string& name) {
  const Manifest* claim = context.Claim(workload, name);
  if (claim == nullptr) return false;
  const Json& modes = ArrayIn(claim->object.json(), "spec", "accessModes");
  return std::find(modes.begin(), modes.end(), "ReadWriteMany") != modes.end();
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

/// "3 replicas (line 7)", "5 replicas (hpa.yaml:9)"; "" if there is one at most.
std::string ManyReplicas(const LintContext& context, const Manifest& manifest) {
  const long long written = IntegerIn(1, manifest.object.json(), "spec", "replicas");
  const LintContext::Autoscaled scaled = context.AutoscaledTo(manifest);
  const long long replicas = std::max(written, scaled.replicas);
  if (replicas < 2) return "";
  const std::string where = scaled.replicas > written
                                ? " (" + scaled.by + ")"
                                : AtLine(manifest, "/spec/replicas");
  return std::to_string(replicas) + " replicas" + where;
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

/// A claim that another revision makes may be one for many; what cannot be seen is
/// not taken for granted.
void JudgeReplicas(const LintContext& context, const Manifest& manifest,
                   Remarks& remarks) {
  const std::string replicas = ManyReplicas(context, manifest);
  if (replicas.empty()) return;
  const bool is_engine = RunsEngine(PodView(manifest.object));
  for (const ClaimView& claim : SharedClaims(manifest)) {
    if (!is_engine && IsForMany(context, manifest, claim.claim)) continue;
    const bool is_known = context.Claim(manifest, claim.claim) != nullptr;
    remarks.Add(
        manifest, "H-E2", Ruling::kRefuse,
        "asks for " + replicas + " that all write to the one claim " + claim.claim +
            (is_engine  ? ": two servers on one data directory corrupt it"
             : is_known ? ", whose accessModes do not say ReadWriteMany"
                        : ", which is not in this revision: is it ReadWriteMany?"),
        "set replicas: 1, or use a StatefulSet, which gives each pod a claim of its own");
    return;
  }
}

/// An old and a new name of one server, or blue and green: each starts in the
/// belief that the data are its own. Said once, at the second of two.
void JudgeWriters(const LintContext& context, const Manifest& manifest,
                  Remarks& remarks) {
  if (manifest.object.gvk().group == "batch") return;
  for (const ClaimView& claim : ClaimsOf(PodView(manifest.object))) {
    const Manifest* first = context.FirstWriter(manifest, claim.claim);
    if (claim.read_only || first == nullptr || first == &manifest) continue;
    const bool is_engine =
        RunsEngine(PodView(manifest.object)) || RunsEngine(PodView(first->object));
    if (!is_engine && IsForMany(context, manifest, claim.claim)) continue;
    remarks.Add(manifest, "H-E3", is_engine ? Ruling::kRefuse : Ruling::kWarn,
                "writes to claim " + claim.claim + AtLine(manifest, claim.pointer) +
                    ", to which " + first->object.ref().ToString() + " (" +
                    first->source.ToString() + ") writes too" +
                    (is_engine ? ": two servers on one data directory corrupt it" : ""),
                "give it a claim of its own, or mount this one with readOnly: true");
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
