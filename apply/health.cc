#include "apply/health.h"

#include <utility>

#include "apply/health_gates.h"
#include "apply/health_reason.h"
#include "apply/kinds.h"

namespace holdfast {
namespace {

/// Kinds whose controllers report the generation that they have seen.
bool ReportsGeneration(const ObjectRef& ref) {
  return ref.Is("apps", "StatefulSet") || ref.Is("apps", "Deployment") ||
         ref.Is("apps", "DaemonSet") || ref.Is("apps", "ReplicaSet") ||
         ref.Is("policy", "PodDisruptionBudget") || ref.Is("", "ReplicationController");
}

/// True unless the status is known to be of an earlier spec.
bool IsSeen(const Object& live) {
  const Json* observed = FindIn(live.json(), "status", "observedGeneration");
  if (observed == nullptr) return !ReportsGeneration(live.ref());
  const Json* generation = FindIn(live.json(), "metadata", "generation");
  if (generation == nullptr || !observed->is_number_integer()) return true;
  return generation->is_number_integer() &&
         observed->get<long long>() >= generation->get<long long>();
}

Health NamespaceHealth(const Object& space, const Snapshot& around) {
  const std::string phase = StringIn(space.json(), "status", "phase");
  if (phase == "Terminating") {
    return {HealthState::kTerminating, "is being deleted; " + WhatHolds(space, around)};
  }
  if (phase != "Active") return InProgress("not active yet");
  const std::string& name = space.ref().name;
  const bool looked = around.ListsAll("", "ServiceAccount", name);
  if (looked && around.Find({"", "ServiceAccount", name, "default"}) == nullptr) {
    return InProgress("its ServiceAccount default is not made yet");
  }
  return Current("active");
}

Health DefinitionHealth(const Object& definition) {
  const Json& names = ConditionIn(definition, "NamesAccepted");
  if (IsFalse(names))
    return Failed("its names are taken: " + OneLine(StringIn(names, "message")));
  if (IsTrue(names) && IsTrue(ConditionIn(definition, "Established")))
    return Current("established");
  return InProgress("not established yet");
}

Health BudgetHealth(const Object& budget) {
  const Json& allowed = ConditionIn(budget, "DisruptionAllowed");
  if (IsFalse(allowed) && StringIn(allowed, "reason") == "SyncFailed") {
    return Failed("it protects nothing: " + OneLine(StringIn(allowed, "message")));
  }
  // Its controller counts the pods in the same write that says which generation it has seen.
  return Current("seen");
}

Health ApiServiceHealth(const Object& service) {
  const Json& available = ConditionIn(service, "Available");
  if (IsTrue(available)) return Current("available");
  const std::string message = OneLine(StringIn(available, "message"));
  return InProgress(message.empty() ? "not asked yet" : "not available: " + message);
}

Health ScalerHealth(const Object& scaler) {
  for (const char* type : {"AbleToScale", "ScalingActive"}) {
    const Json& condition = ConditionIn(scaler, type);
    if (IsFalse(condition)) {
      return Current("there, but does not scale: " +
                     OneLine(StringIn(condition, "message")));
    }
  }
  return Current("there");
}

/// The conventions of kstatus (kubernetes-sigs/cli-utils, pkg/kstatus/README.md).
Health CustomHealth(const Object& object) {
  const Json& stalled = ConditionIn(object, "Stalled");
  if (IsTrue(stalled)) return Failed(OneLine(StringIn(stalled, "message")));
  const Json& reconciling = ConditionIn(object, "Reconciling");
  if (IsTrue(reconciling)) return InProgress(OneLine(StringIn(reconciling, "message")));
  const Json& ready = ConditionIn(object, "Ready");
  if (ready.empty() || IsTrue(ready)) return Current(ready.empty() ? "there" : "ready");
  const std::string message = OneLine(StringIn(ready, "message"));
  return InProgress(message.empty() ? "not ready" : message);
}

Health ByKind(const Object& live, const Snapshot& around) {
  const ObjectRef& ref = live.ref();
  if (IsClaim(ref)) return ClaimHealth(live, around);
  if (IsVolume(ref)) return VolumeHealth(live);
  if (ref.Is("snapshot.storage.k8s.io", "VolumeSnapshot")) return SnapshotHealth(live, around);
  if (IsStatefulSet(ref)) return StatefulSetHealth(live, around);
  if (ref.Is("apps", "Deployment")) return DeploymentHealth(live, around);
  if (ref.Is("apps", "DaemonSet")) return DaemonSetHealth(live, around);
  if (ref.Is("apps", "ReplicaSet") || ref.Is("", "ReplicationController")) {
    return ReplicaSetHealth(live, around);
  }
  if (ref.Is("batch", "Job")) return JobHealth(live, around);
  if (ref.Is("", "Pod")) return PodHealth(live);
  if (ref.Is("", "Namespace")) return NamespaceHealth(live, around);
  if (ref.Is("", "Service")) return ServiceHealth(live);
  if (ref.Is("networking.k8s.io", "Ingress")) return IngressHealth(live);
  if (ref.kind == "MutatingWebhookConfiguration" ||
      ref.kind == "ValidatingWebhookConfiguration") {
    return WebhookHealth(live, around);
  }
  if (ref.Is("apiextensions.k8s.io", "CustomResourceDefinition"))
    return DefinitionHealth(live);
  if (ref.Is("policy", "PodDisruptionBudget")) return BudgetHealth(live);
  if (ref.Is("apiregistration.k8s.io", "APIService")) return ApiServiceHealth(live);
  if (ref.Is("autoscaling", "HorizontalPodAutoscaler")) return ScalerHealth(live);
  if (!IsBuiltInKind(ref.group, ref.kind)) return CustomHealth(live);
  return Current("there");
}

}  // namespace

Health Current(std::string sentence) {
  return {HealthState::kCurrent, std::move(sentence)};
}
Health InProgress(std::string sentence) {
  return {HealthState::kInProgress, std::move(sentence)};
}
Health Failed(std::string sentence) {
  return {HealthState::kFailed, std::move(sentence)};
}
Health PendingManual(std::string sentence) {
  return {HealthState::kPendingManual, std::move(sentence)};
}

const Json& ConditionIn(const Object& object, const std::string& type) {
  for (const Json& condition : ArrayIn(object.json(), "status", "conditions")) {
    if (StringIn(condition, "type") == type) return condition;
  }
  return MapIn(object.json(), "");
}

bool IsTrue(const Json& condition) { return StringIn(condition, "status") == "True"; }
bool IsFalse(const Json& condition) { return StringIn(condition, "status") == "False"; }

std::string_view ToString(HealthState state) {
  switch (state) {
    case HealthState::kCurrent:
      return "Current";
    case HealthState::kInProgress:
      return "InProgress";
    case HealthState::kFailed:
      return "Failed";
    case HealthState::kPendingManual:
      return "PendingManual";
    case HealthState::kTerminating:
      return "Terminating";
    case HealthState::kUnknown:
      return "Unknown";
  }
  return "Unknown";
}

Health HealthOf(const Object& live, const Snapshot& around) {
  // A Job that removes itself once it has ended has done what is waited for.
  const bool done =
      live.ref().Is("batch", "Job") && IsTrue(ConditionIn(live, "Complete"));
  if (live.terminating() && !done) {
    return {HealthState::kTerminating, "is being deleted; " + WhatHolds(live, around)};
  }
  if (!IsSeen(live)) {
    return {HealthState::kUnknown, "its controller has not seen this version of it yet"};
  }
  return ByKind(live, around);
}

bool OpensGate(const Health& health) {
  return health.state == HealthState::kCurrent ||
         health.state == HealthState::kPendingManual;
}

}  // namespace holdfast
