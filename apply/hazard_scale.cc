// H-B2, H-B3, H-F6, H-F7: fewer pods, or claims that go with their pods.

#include <algorithm>
#include <charconv>
#include <limits>

#include "apply/claim_state.h"
#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/leaving_claims.h"
#include "apply/managed_fields.h"
#include "apply/ordinals.h"
#include "apply/pod_template.h"
#include "apply/stateful.h"
#include "apply/volumes.h"
#include "diff/engine_needs.h"

namespace holdfast {
namespace {

constexpr const char* kStopped = "holdfast.dev/stopped";

std::string RetentionOf(const Object& set, const char* when) {
  return StringIn(set.json(), "spec", "persistentVolumeClaimRetentionPolicy", when);
}

/// "data-cassandra-2, data-cassandra-3", the claims whose ordinals leave the set.
std::string LeavingNames(const Object& before, const Object& after) {
  constexpr int kMostShown = 6;
  const Ordinals was = OrdinalsOf(before);
  const Ordinals is = OrdinalsOf(after);
  std::string names;
  int shown = 0;
  for (const std::string& name : ClaimTemplateNames(before)) {
    for (long long i = was.first; i < was.end; ++i) {
      if (is.Has(i)) continue;
      if (++shown > kMostShown) return names + " and more";
      names += (names.empty() ? "" : ", ") + ClaimOfMember(before, name, i).name;
    }
  }
  return names;
}

/// True if dropping the field from Git will make the server put its default back.
bool DropsReplicas(const ChangeCase& change) {
  const bool in_git =
      FindIn(change.manifest.object.json(), "spec", "replicas") != nullptr;
  if (in_git) return false;
  if (change.AfterIsWhole()) return ReplicasOf(change.After()) < ReplicasOf(*change.live);
  return ReplicasOf(*change.live) > 1 && WeOwn(*change.live, {"spec", "replicas"});
}

constexpr const char* kMinReplicas = "holdfast.dev/min-replicas";

/// How many members the data need (H-F6): what the annotation says, or three for a ring,
/// whose replication factor is not written in manifests; 0 where nothing is known.
long long LeastMembers(const Object& wanted, const Engine* engine) {
  constexpr long long kUsualCopies = 3;
  const std::string said = wanted.annotation(kMinReplicas);
  long long least = 0;
  const auto read = std::from_chars(said.data(), said.data() + said.size(), least);
  const bool number = read.ec == std::errc() && read.ptr == said.data() + said.size();
  if (!said.empty()) return number ? least : std::numeric_limits<long long>::max();
  return engine != nullptr && NeedsOf(*engine).joins_one_by_one ? kUsualCopies : 0;
}

Finding TooFew(const std::string& step, long long least, bool is_said) {
  const bool unreadable = least == std::numeric_limits<long long>::max();
  return {"H-F6", Ruling::kRefuse,
          step + (unreadable
                      ? ": annotation " + std::string(kMinReplicas) + " is no number"
                      : ": its data need " + std::to_string(least) + " members" +
                            (is_said ? ", says annotation " + std::string(kMinReplicas)
                                     : " unless you say otherwise: with fewer there is no "
                                       "member for some of the copies")),
          is_said ? "keep the members, or correct the annotation"
                  : "keep the members; or, if the data are kept in fewer copies, say in "
                    "how many: annotation " +
                        std::string(kMinReplicas) + ": \"2\""};
}

std::string WhatStays(const Object& live) {
  const auto ephemeral = EphemeralVolumes(live);
  if (ephemeral.empty()) return "their claims stay";
  return "their claims stay, but not those of volume " + ephemeral.front() +
         ", which go with the pods";
}

Finding Lowered(const ChangeCase& change, long long before, long long after) {
  const ObjectRef& ref = change.ref();
  const std::string where = change.manifest.WhereIs("/spec/replicas");
  const std::string step = "spec.replicas of " + ref.kind + " " + ref.name +
                           " goes from " + std::to_string(before) + " to " +
                           std::to_string(after);
  const Engine* engine = EngineOf(*change.live);
  const bool stopped = change.manifest.object.annotation(kStopped) == "true";
  if (after == 0 && stopped) {
    return {"H-F6", Ruling::kNote,
            where + ": " + step + ": stopped on purpose, " + WhatStays(*change.live), ""};
  }
  const long long least = LeastMembers(change.manifest.object, engine);
  if (after > 0 && after < least) {
    const bool is_said = !change.manifest.object.annotation(kMinReplicas).empty();
    return TooFew(where + ": " + step, least, is_said);
  }
  if (engine == nullptr || !engine->needs_decommission) {
    return {"H-F6", Ruling::kWarn,
            where + ": " + step + ": the pods that leave stop, " +
                WhatStays(*change.live),
            ""};
  }
  Finding finding{
      "H-F6", Ruling::kRefuse,
      where + ": " + step + ": " + std::string(engine->name) +
          " keeps data on each member, and Kubernetes stops one without moving its "
          "data to the others",
      after == 0 ? "to stop all members on purpose, add the annotation "
                   "holdfast.dev/stopped: \"true\" to the manifest"
                 : "keep spec.replicas: " + std::to_string(before) +
                       "; take members out with the engine's own tools first "
                       "(nodetool decommission), one at a time, then approve it: "
                       "holdfast approve > approvals/" +
                       ref.name + ".yaml"};
  if (after == 0 || !IsStatefulSet(ref)) return finding;
  finding.approval.action = ToString(ApprovalAction::kScaleDown);
  const Outlook& outlook = change.outlook;
  const auto answer = outlook.approvals().ForScaleDown(
      LeavingClaims(*change.live, change.manifest.object, outlook.live()));
  if (answer.given != nullptr) return Lifted(std::move(finding), *answer.given);
  if (!answer.why_not.empty()) finding.reason += "; " + answer.why_not;
  return finding;
}

/// Rows 19 and 20: the claims of the pods that leave are deleted with them.
Finding WithTheirPods(const ChangeCase& change, const std::string& names) {
  const Outlook& outlook = change.outlook;
  const auto leaving = outlook.ClaimsOfLeavingPods(change.manifest);
  Finding finding{
      "H-B3", Ruling::kRefuse,
      change.manifest.WhereIs("/spec/replicas") + ": StatefulSet " + change.ref().name +
          " says persistentVolumeClaimRetentionPolicy.whenScaled: Delete: the claims " +
          names + " and their data would be deleted",
      "set whenScaled: Retain in Git and sync, then change replicas or ordinals in a "
      "later "
      "commit; or approve a detach, by which their volumes stay: holdfast approve > "
      "approvals/" +
          change.ref().name + ".yaml"};
  if (leaving.empty()) return finding;  // None of them is known to be there.
  const Approval* given = nullptr;
  std::string why_not;
  // A claim that could not be read would go unseen.
  const auto& gaps = outlook.live().gaps;
  bool all = outlook.Unlisted("", "PersistentVolume", "").empty() &&
             std::none_of(gaps.begin(), gaps.end(),
                          [](const Snapshot::Gap& gap) { return IsClaim(gap.what); });
  for (const Object* claim : leaving) {
    const Binding binding = BindingOf(*claim, outlook.live());
    if (binding == Binding::kNever) continue;
    const Object* volume = VolumeOf(*claim, outlook.live());
    const bool safe = binding == Binding::kBound && volume != nullptr &&
                      outlook.SharesStorage(*volume) == nullptr &&
                      claim->annotation("holdfast.dev/protect") != "true";
    if (!safe) {
      finding.reason += "; claim " + claim->ref().name + " is " +
                        DescribeClaim(*claim, outlook.live()) +
                        ", and its volume cannot be made sure of";
      return finding;
    }
    const auto answer = outlook.approvals().ForDetach(*claim);
    all = all && answer.given != nullptr;
    if (answer.given != nullptr) given = answer.given;
    if (why_not.empty()) why_not = answer.why_not;
  }
  finding.approval.action = ToString(ApprovalAction::kDetach);
  if (all && given != nullptr) {
    finding.reason +=
        "; their volumes stay, with reclaim policy Retain and the label "
        "holdfast.dev/quarantine";
    return Lifted(std::move(finding), *given);
  }
  if (!why_not.empty()) finding.reason += "; " + why_not;
  return finding;
}

}  // namespace

void GuardRetentionPolicy(const ChangeCase& change, std::vector<Finding>& findings) {
  if (!IsStatefulSet(change.ref())) return;
  for (const char* when : {"whenDeleted", "whenScaled"}) {
    const std::string before =
        change.live == nullptr ? "" : RetentionOf(*change.live, when);
    if (RetentionOf(change.After(), when) != "Delete" || before == "Delete") continue;
    const std::string field = "persistentVolumeClaimRetentionPolicy." + std::string(when);
    const bool deleted = std::string_view(when) == "whenDeleted";
    findings.push_back(
        {"H-B2", Ruling::kApproval,
         change.manifest.WhereIs("/spec/persistentVolumeClaimRetentionPolicy/" +
                                 std::string(when)) +
             ": " + field + ": Delete lets Kubernetes delete the claims of StatefulSet " +
             change.ref().name + ", and their data, when " +
             (deleted ? "it is deleted" : "it gets fewer replicas"),
         "leave " + field + " at Retain, which keeps every claim"});
  }
}

void GuardScaleDown(const ChangeCase& change, std::vector<Finding>& findings) {
  if (change.live == nullptr || !IsStateful(*change.live)) return;
  const bool scales = change.ref().Is("apps", "StatefulSet") ||
                      change.ref().Is("apps", "Deployment") ||
                      FindIn(change.live->json(), "spec", "replicas") != nullptr;
  if (!scales) return;
  const Object& after = change.After();
  const long long count_before = ReplicasOf(*change.live);
  if (DropsReplicas(change)) {
    findings.push_back(
        {"H-F7", Ruling::kRefuse,
         change.manifest.source.ToString() +
             ": spec.replicas is gone from Git, so the server would put its default of 1 "
             "in place of " +
             std::to_string(count_before),
         "write spec.replicas: " + std::to_string(count_before) + " into the manifest"});
  } else if (FindIn(after.json(), "spec", "replicas") != nullptr &&
             ReplicasOf(after) < count_before) {
    findings.push_back(Lowered(change, count_before, ReplicasOf(after)));
  }
  const bool deletes = RetentionOf(*change.live, "whenScaled") == "Delete" ||
                       RetentionOf(after, "whenScaled") == "Delete";
  const bool keeps_count = FindIn(after.json(), "spec", "replicas") == nullptr &&
                           !change.AfterIsWhole() && !DropsReplicas(change);
  if (!IsStatefulSet(change.ref()) || !deletes || keeps_count) return;
  const std::string leaving = LeavingNames(*change.live, after);
  if (leaving.empty()) return;
  findings.push_back(WithTheirPods(change, leaving));
}

}  // namespace holdfast
