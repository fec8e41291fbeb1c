#include "apply/phase.h"

#include <iterator>
#include <string_view>

#include "apply/kinds.h"
#include "apply/pod_template.h"
#include "apply/stateful.h"

namespace holdfast {
namespace {

constexpr int kCustom = 12;
constexpr int kDriver = 8;
constexpr int kWorkload = 12;
constexpr int kDeleteStateless = 4;
constexpr int kDeleteStateful = 5;
constexpr int kDeleteDriver = 9;

struct KindPhase {
  std::string_view group;  ///< "*": any group, for kinds that come by a CRD.
  std::string_view kind;
  Phase apply;
  Phase remove;
};

constexpr KindPhase kKinds[] = {
    {"apiextensions.k8s.io", "CustomResourceDefinition", {1, 0}, {115, 0}},
    {"", "Namespace", {2, 0}, {116, 0}},
    {"scheduling.k8s.io", "PriorityClass", {3, 0}, {114, 0}},
    {"node.k8s.io", "RuntimeClass", {3, 0}, {114, 0}},
    {"storage.k8s.io", "StorageClass", {3, 0}, {114, 0}},
    {"*", "VolumeSnapshotClass", {3, 0}, {114, 0}},
    {"*", "VolumeGroupSnapshotClass", {3, 0}, {114, 0}},
    {"storage.k8s.io", "VolumeAttributesClass", {3, 0}, {114, 0}},
    {"storage.k8s.io", "CSIDriver", {3, 0}, {114, 0}},
    {"networking.k8s.io", "IngressClass", {3, 0}, {114, 0}},
    {"*", "GatewayClass", {3, 0}, {114, 0}},
    {"", "ResourceQuota", {4, 0}, {113, 0}},
    {"", "LimitRange", {4, 0}, {113, 0}},
    {"", "ServiceAccount", {5, 0}, {112, 2}},
    {"rbac.authorization.k8s.io", "ClusterRole", {5, 1}, {112, 1}},
    {"rbac.authorization.k8s.io", "Role", {5, 1}, {112, 1}},
    {"rbac.authorization.k8s.io", "ClusterRoleBinding", {5, 2}, {112, 0}},
    {"rbac.authorization.k8s.io", "RoleBinding", {5, 2}, {112, 0}},
    {"networking.k8s.io", "NetworkPolicy", {6, 0}, {111, 1}},
    {"", "Secret", {7, 0}, {110, 0}},
    {"", "ConfigMap", {7, 0}, {110, 0}},
    {"", "PersistentVolume", {8, 0}, {109, 0}},
    {"*", "VolumeSnapshotContent", {8, 0}, {109, 0}},
    {"", "PersistentVolumeClaim", {9, 1}, {108, 0}},
    {"*", "VolumeSnapshot", {9, 0}, {108, 0}},
    {"*", "VolumeGroupSnapshot", {9, 0}, {108, 0}},
    {"", "Service", {10, 1}, {107, 1}},
    {"", "Endpoints", {10, 0}, {107, 2}},
    {"discovery.k8s.io", "EndpointSlice", {10, 0}, {107, 2}},
    {"policy", "PodDisruptionBudget", {11, 0}, {106, 0}},
    {"autoscaling", "HorizontalPodAutoscaler", {13, 0}, {102, 0}},
    {"*", "VerticalPodAutoscaler", {13, 0}, {102, 0}},
    {"batch", "CronJob", {13, 1}, {103, 0}},
    {"batch", "Job", {12, 0}, {103, 1}},
    {"networking.k8s.io", "Ingress", {14, 0}, {101, 0}},
    {"*", "Gateway", {14, 0}, {101, 0}},
    {"*", "HTTPRoute", {14, 0}, {101, 0}},
    {"*", "GRPCRoute", {14, 0}, {101, 0}},
    {"*", "TCPRoute", {14, 0}, {101, 0}},
    {"*", "TLSRoute", {14, 0}, {101, 0}},
    {"apiregistration.k8s.io", "APIService", {14, 0}, {101, 0}},
    {"admissionregistration.k8s.io", "MutatingWebhookConfiguration", {15, 0}, {100, 1}},
    {"admissionregistration.k8s.io", "MutatingAdmissionPolicy", {15, 0}, {100, 1}},
    {"admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding", {15, 1}, {100, 0}},
    {"admissionregistration.k8s.io", "ValidatingWebhookConfiguration", {15, 1}, {100, 0}},
    {"admissionregistration.k8s.io", "ValidatingAdmissionPolicy", {15, 1}, {100, 1}},
    {"admissionregistration.k8s.io",
     "ValidatingAdmissionPolicyBinding",
     {15, 2},
     {100, 0}},
};

const KindPhase* Known(const ObjectRef& ref) {
  for (const KindPhase& one : kKinds) {
    if (one.kind != ref.kind) continue;
    if (one.group == ref.group) return &one;
    if (one.group == "*" && !IsBuiltInKind(ref.group, ref.kind)) return &one;
  }
  return nullptr;
}

/// 0 headless, 1 with an address of the cluster, 2 with one outside.
int ServiceRank(const Object& service) {
  const std::string type = StringIn(service.json(), "spec", "type");
  if (type == "LoadBalancer" || type == "NodePort") return 2;
  return StringIn(service.json(), "spec", "clusterIP") == "None" ? 0 : 1;
}

/// A policy that lets nothing through denies; it comes after those that allow.
int PolicyRank(const Object& policy) {
  const bool allows = !ArrayIn(policy.json(), "spec", "ingress").empty() ||
                      !ArrayIn(policy.json(), "spec", "egress").empty();
  return allows ? 0 : 1;
}

int RankOf(const Object& object, int otherwise) {
  if (object.ref().Is("", "Service")) return ServiceRank(object);
  if (object.ref().Is("networking.k8s.io", "NetworkPolicy")) return PolicyRank(object);
  return otherwise;
}

bool IsBare(const Object& object) {
  return object.ref().Is("", "Service") ||
         object.ref().Is("networking.k8s.io", "NetworkPolicy");
}

}  // namespace

Phase ApplyPhase(const Object& object) {
  if (const KindPhase* known = Known(object.ref())) {
    return {known->apply.number, RankOf(object, known->apply.rank)};
  }
  if (PodTemplate(object).exists())
    return {IsStorageDriver(object) ? kDriver : kWorkload, 0};
  return {kCustom, 0};
}

Phase DeletePhase(const Object& object) {
  if (const KindPhase* known = Known(object.ref())) {
    constexpr int kHighestRank = 2;
    const int rank =
        IsBare(object) ? kHighestRank - RankOf(object, 0) : known->remove.rank;
    return {known->remove.number, rank};
  }
  if (IsStorageDriver(object)) return {kDeletePhase + kDeleteDriver, 1};
  const bool stateless = PodTemplate(object).exists() && !IsStateful(object);
  return {kDeletePhase + (stateless ? kDeleteStateless : kDeleteStateful), 0};
}

}  // namespace holdfast
