#include "apply/kinds.h"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace holdfast {
namespace {

enum class Scope { kNamespace, kCluster };

struct BuiltIn {
  std::string_view group;
  std::string_view kind;
  Scope scope = Scope::kNamespace;
};

constexpr BuiltIn kBuiltIn[] = {
    {"", "ConfigMap"},
    {"", "Endpoints"},
    {"", "Event"},
    {"", "LimitRange"},
    {"", "Namespace", Scope::kCluster},
    {"", "Node", Scope::kCluster},
    {"", "PersistentVolume", Scope::kCluster},
    {"", "PersistentVolumeClaim"},
    {"", "Pod"},
    {"", "PodTemplate"},
    {"", "ReplicationController"},
    {"", "ResourceQuota"},
    {"", "Secret"},
    {"", "Service"},
    {"", "ServiceAccount"},
    {"admissionregistration.k8s.io", "MutatingAdmissionPolicy", Scope::kCluster},
    {"admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding", Scope::kCluster},
    {"admissionregistration.k8s.io", "MutatingWebhookConfiguration", Scope::kCluster},
    {"admissionregistration.k8s.io", "ValidatingAdmissionPolicy", Scope::kCluster},
    {"admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding", Scope::kCluster},
    {"admissionregistration.k8s.io", "ValidatingWebhookConfiguration", Scope::kCluster},
    {"apiextensions.k8s.io", "CustomResourceDefinition", Scope::kCluster},
    {"apiregistration.k8s.io", "APIService", Scope::kCluster},
    {"apps", "ControllerRevision"},
    {"apps", "DaemonSet"},
    {"apps", "Deployment"},
    {"apps", "ReplicaSet"},
    {"apps", "StatefulSet"},
    {"autoscaling", "HorizontalPodAutoscaler"},
    {"batch", "CronJob"},
    {"batch", "Job"},
    {"certificates.k8s.io", "CertificateSigningRequest", Scope::kCluster},
    {"coordination.k8s.io", "Lease"},
    {"discovery.k8s.io", "EndpointSlice"},
    {"events.k8s.io", "Event"},
    {"flowcontrol.apiserver.k8s.io", "FlowSchema", Scope::kCluster},
    {"flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration", Scope::kCluster},
    {"networking.k8s.io", "IPAddress", Scope::kCluster},
    {"networking.k8s.io", "Ingress"},
    {"networking.k8s.io", "IngressClass", Scope::kCluster},
    {"networking.k8s.io", "NetworkPolicy"},
    {"networking.k8s.io", "ServiceCIDR", Scope::kCluster},
    {"node.k8s.io", "RuntimeClass", Scope::kCluster},
    {"policy", "PodDisruptionBudget"},
    {"rbac.authorization.k8s.io", "ClusterRole", Scope::kCluster},
    {"rbac.authorization.k8s.io", "ClusterRoleBinding", Scope::kCluster},
    {"rbac.authorization.k8s.io", "Role"},
    {"rbac.authorization.k8s.io", "RoleBinding"},
    {"resource.k8s.io", "DeviceClass", Scope::kCluster},
    {"resource.k8s.io", "ResourceClaim"},
    {"resource.k8s.io", "ResourceClaimTemplate"},
    {"resource.k8s.io", "ResourceSlice", Scope::kCluster},
    {"scheduling.k8s.io", "PriorityClass", Scope::kCluster},
    {"storage.k8s.io", "CSIDriver", Scope::kCluster},
    {"storage.k8s.io", "CSINode", Scope::kCluster},
    {"storage.k8s.io", "CSIStorageCapacity"},
    {"storage.k8s.io", "StorageClass", Scope::kCluster},
    {"storage.k8s.io", "VolumeAttachment", Scope::kCluster},
    {"storage.k8s.io", "VolumeAttributesClass", Scope::kCluster},
};

bool SameLetters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

}  // namespace

bool IsBuiltInKind(std::string_view group, std::string_view kind) {
  return std::any_of(std::begin(kBuiltIn), std::end(kBuiltIn), [&](const BuiltIn& one) {
    return one.group == group && one.kind == kind;
  });
}

bool IsClusterScoped(std::string_view group, std::string_view kind) {
  return std::any_of(std::begin(kBuiltIn), std::end(kBuiltIn), [&](const BuiltIn& one) {
    return one.group == group && one.kind == kind && one.scope == Scope::kCluster;
  });
}

std::optional<ObjectRef> BuiltInKindNamed(std::string_view kind) {
  for (const BuiltIn& one : kBuiltIn) {
    if (SameLetters(one.kind, kind)) {
      return ObjectRef{std::string(one.group), std::string(one.kind), "", ""};
    }
  }
  return std::nullopt;
}

}  // namespace holdfast
