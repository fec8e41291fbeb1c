#include <algorithm>

#include "apply/health_gates.h"
#include "apply/health_reason.h"
#include "apply/pod_template.h"
#include "apply/volumes.h"

namespace holdfast {
namespace {

long long Count(const Object& object, const char* field) {
  return IntegerIn(0, object.json(), "status", field);
}

std::string PodsReady(long long ready, long long wanted) {
  return std::to_string(ready) + " of " + std::to_string(wanted) + " pods ready";
}

/// `sentence`, and the worst trouble of the pods, or why there are none.
Health Waiting(const Object& workload, std::string sentence, const Snapshot& around) {
  const auto pods = PodsOf(workload.ref(), around);
  const auto trouble = WorstTrouble(pods, around);
  std::string why = trouble ? trouble->sentence : std::string();
  // Too few pods, and those that are there are not to blame: a quota, an admission rule.
  if (why.empty() || static_cast<long long>(pods.size()) < ReplicasOf(workload)) {
    const std::string warning = WarningOfMaker(workload.ref(), around);
    if (!warning.empty()) why = warning;
  }
  if (!why.empty()) sentence += "; " + why;
  return trouble && trouble->is_final ? Failed(std::move(sentence))
                                      : InProgress(std::move(sentence));
}

/// A claim of the set that has no volume, as "; claim x: ...", or "".
std::string UnboundClaim(const Object& set, const Snapshot& around) {
  const long long first = IntegerIn(0, set.json(), "spec", "ordinals", "start");
  for (const Object* claim : ClaimsOfTemplates(set, around)) {
    // A claim that an earlier, larger set left behind is nobody's concern now.
    const long long ordinal = OrdinalOfClaim(set, claim->ref().name);
    if (ordinal < first || ordinal >= first + ReplicasOf(set)) continue;
    if (StringIn(claim->json(), "status", "phase") == "Bound") continue;
    const std::string warning = LastWarning(claim->ref(), around);
    return "claim " + claim->ref().name + " is not bound" +
           (warning.empty() ? "" : ": " + warning);
  }
  return "";
}

long long OrdinalOfPod(const Object& pod) {
  const std::string& name = pod.ref().name;
  const auto dash = name.rfind('-');
  long long ordinal = 0;
  if (dash == std::string::npos) return -1;
  for (const char c : name.substr(dash + 1)) {
    if (c < '0' || c > '9') return -1;
    ordinal = ordinal * 10 + (c - '0');
  }
  return ordinal;
}

/// How a StatefulSet's pods stand to its newest template.
struct Rollout {
  long long wanted = 0;
  long long old = 0;        ///< Of an older template, all of them.
  std::string old_names{};  ///< Of those that are in the snapshot.
  long long old_to_go = 0;  ///< Those of them that the rollout replaces by itself.
  bool terminating = false;
};

Rollout RolloutOf(const Object& set, const std::vector<const Object*>& pods,
                  long long partition) {
  Rollout rollout;
  rollout.wanted = ReplicasOf(set);
  const std::string newest = StringIn(set.json(), "status", "updateRevision");
  const bool same = StringIn(set.json(), "status", "currentRevision") == newest;
  const long long first = IntegerIn(0, set.json(), "spec", "ordinals", "start");
  for (const Object* pod : pods) {
    if (pod->terminating()) rollout.terminating = true;
    if (pod->label("controller-revision-hash") == newest) continue;
    ++rollout.old;
    rollout.old_names += (rollout.old_names.empty() ? "" : ", ") + pod->ref().name;
    // Counted from the first ordinal, not from 0.
    if (OrdinalOfPod(*pod) - first >= partition) ++rollout.old_to_go;
  }
  // Not every pod need be in the snapshot: the controller's own count may know of more.
  const long long stays = std::clamp(partition, 0LL, rollout.wanted);
  const long long counted =
      same ? 0 : std::max(0LL, rollout.wanted - Count(set, "updatedReplicas"));
  rollout.old = std::max(rollout.old, counted);
  rollout.old_to_go = std::max(rollout.old_to_go, counted - stays);
  return rollout;
}

Health SetCurrent(const Rollout& rollout) {
  return rollout.wanted == 0 ? Current("stopped: 0 replicas")
                             : Current(PodsReady(rollout.wanted, rollout.wanted));
}

}  // namespace

Health StatefulSetHealth(const Object& set, const Snapshot& around) {
  const auto pods = PodsOf(set.ref(), around);
  const std::string strategy = StringIn(set.json(), "spec", "updateStrategy", "type");
  const long long partition =
      IntegerIn(0, set.json(), "spec", "updateStrategy", "rollingUpdate", "partition");
  const bool on_delete = strategy == "OnDelete";
  const Rollout rollout = RolloutOf(set, pods, on_delete ? 0 : partition);
  const long long ready = Count(set, "readyReplicas");
  const bool all_ready = Count(set, "replicas") == rollout.wanted &&
                         ready == rollout.wanted &&
                         Count(set, "availableReplicas") == rollout.wanted;
  std::string sentence = PodsReady(ready, rollout.wanted);
  if (rollout.old_to_go > 0) {
    sentence += ", " + std::to_string(rollout.old_to_go) + " still of the old template";
  }
  const bool replaces = rollout.old_to_go > 0 && !on_delete;
  if (!all_ready || replaces || rollout.terminating) {
    const std::string unbound = UnboundClaim(set, around);
    if (!unbound.empty()) sentence += "; " + unbound;
    return Waiting(set, std::move(sentence), around);
  }
  if (const std::string unbound = UnboundClaim(set, around); !unbound.empty()) {
    return InProgress(sentence + "; " + unbound);
  }
  if (rollout.old == 0) return SetCurrent(rollout);
  const std::string old_pods =
      std::to_string(rollout.old) + " of " + std::to_string(rollout.wanted) + " pods old" +
      (rollout.old_names.empty() ? "" : " (" + rollout.old_names + ")");
  if (on_delete) {
    return PendingManual(
        old_pods +
        ": with update strategy OnDelete each is replaced when somebody deletes it");
  }
  return PendingManual(old_pods + ": paused at partition " + std::to_string(partition));
}

Health DeploymentHealth(const Object& deployment, const Snapshot& around) {
  const long long wanted = ReplicasOf(deployment);
  const long long ready = Count(deployment, "readyReplicas");
  const Json& progressing = ConditionIn(deployment, "Progressing");
  if (IsFalse(progressing) &&
      StringIn(progressing, "reason") == "ProgressDeadlineExceeded") {
    Health health = Waiting(
        deployment,
        PodsReady(ready, wanted) + "; it has made no progress within its deadline",
        around);
    health.state = HealthState::kFailed;
    return health;
  }
  const Json* paused = FindIn(deployment.json(), "spec", "paused");
  if (paused != nullptr && paused->is_boolean() && paused->get<bool>()) {
    return PendingManual("paused: a new template is not rolled out");
  }
  const bool counts = Count(deployment, "replicas") == wanted &&
                      Count(deployment, "updatedReplicas") == wanted &&
                      Count(deployment, "availableReplicas") == wanted;
  if (wanted == 0 && counts) return Current("stopped: 0 replicas");
  const bool rolled =
      progressing.empty() || StringIn(progressing, "reason") == "NewReplicaSetAvailable";
  if (counts && rolled && IsTrue(ConditionIn(deployment, "Available"))) {
    return Current(PodsReady(wanted, wanted));
  }
  std::string sentence = PodsReady(ready, wanted);
  const Json& failure = ConditionIn(deployment, "ReplicaFailure");
  if (IsTrue(failure)) sentence += "; " + OneLine(StringIn(failure, "message"));
  const long long old =
      Count(deployment, "replicas") - Count(deployment, "updatedReplicas");
  if (old > 0) sentence += ", " + std::to_string(old) + " still of the old template";
  return Waiting(deployment, std::move(sentence), around);
}

/// " (agent-x, agent-y)", the pods of an earlier generation of the template.
std::string OldDaemons(const Object& set, const Snapshot& around) {
  std::string names;
  const std::string newest =
      std::to_string(IntegerIn(0, set.json(), "metadata", "generation"));
  for (const Object* pod : PodsOf(set.ref(), around)) {
    if (pod->label("pod-template-generation") == newest) continue;
    names += (names.empty() ? "" : ", ") + pod->ref().name;
  }
  return names.empty() ? "" : " (" + names + ")";
}

Health DaemonSetHealth(const Object& set, const Snapshot& around) {
  const long long wanted = Count(set, "desiredNumberScheduled");
  const long long updated = Count(set, "updatedNumberScheduled");
  const bool ready = Count(set, "currentNumberScheduled") == wanted &&
                     Count(set, "numberAvailable") == wanted &&
                     Count(set, "numberReady") == wanted;
  const std::string sentence = PodsReady(Count(set, "numberReady"), wanted);
  const bool on_delete =
      StringIn(set.json(), "spec", "updateStrategy", "type") == "OnDelete";
  if (ready && updated == wanted) return Current(sentence);
  if (ready && on_delete) {
    return PendingManual(std::to_string(wanted - updated) + " of " +
                         std::to_string(wanted) + " pods old" +
                         OldDaemons(set, around) +
                         ": with update strategy OnDelete each is replaced when "
                         "somebody deletes it");
  }
  return Waiting(set, sentence, around);
}

Health ReplicaSetHealth(const Object& set, const Snapshot& around) {
  const long long wanted = ReplicasOf(set);
  const bool ready = Count(set, "replicas") == wanted &&
                     Count(set, "readyReplicas") == wanted &&
                     Count(set, "availableReplicas") == wanted;
  if (ready) return Current(PodsReady(wanted, wanted));
  return Waiting(set, PodsReady(Count(set, "readyReplicas"), wanted), around);
}

Health JobHealth(const Object& job, const Snapshot& around) {
  if (IsTrue(ConditionIn(job, "Complete"))) return Current("complete");
  const Json& failed = ConditionIn(job, "Failed");
  if (IsTrue(failed)) return Failed("failed: " + OneLine(StringIn(failed, "message")));
  if (IsTrue(ConditionIn(job, "Suspended"))) return PendingManual("suspended");
  return Waiting(job,
                 std::to_string(Count(job, "succeeded")) + " of " +
                     std::to_string(IntegerIn(1, job.json(), "spec", "completions")) +
                     " completions",
                 around);
}

Health PodHealth(const Object& pod) {
  const std::string phase = StringIn(pod.json(), "status", "phase");
  if (phase == "Succeeded") return Current("has ended well");
  const auto trouble = TroubleOf(pod);
  if (!trouble) return Current("ready");
  const bool is_final = trouble->is_final || phase == "Failed";
  return is_final ? Failed(trouble->sentence) : InProgress(trouble->sentence);
}

}  // namespace holdfast
