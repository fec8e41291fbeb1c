#include "apply/needed.h"

#include "apply/kinds.h"

namespace holdfast {
namespace {

constexpr const char* kRbac = "rbac.authorization.k8s.io";
constexpr const char* kNet = "networking.k8s.io";

}  // namespace

std::string HazardOfMissing(const ObjectRef& ref) {
  if (ref.Is("", "Service")) return "H-F18";
  if (IsStorageClass(ref)) return "H-G8";
  const bool of_pods = ref.kind == "PriorityClass" || ref.kind == "RuntimeClass" ||
                       ref.kind == "ServiceAccount" || ref.kind == "Role" ||
                       ref.kind == "ClusterRole";
  return of_pods ? "H-G10" : "H-F2";
}

std::vector<Snapshot::Listed> WorkloadKinds(const std::string& name_space) {
  return {{"apps", "DaemonSet", name_space},   {"apps", "Deployment", name_space},
          {"apps", "StatefulSet", name_space}, {"batch", "CronJob", name_space},
          {"batch", "Job", name_space},        {"", "Pod", name_space}};
}

std::vector<Snapshot::Listed> KindsThatMayName(const ObjectRef& ref) {
  const bool by_pods = ref.Is("", "Secret") || ref.Is("", "ConfigMap") ||
                       ref.Is("", "Service") || ref.Is("", "ServiceAccount") ||
                       ref.Is("scheduling.k8s.io", "PriorityClass") ||
                       ref.Is("node.k8s.io", "RuntimeClass");
  std::vector<Snapshot::Listed> kinds;
  if (by_pods) kinds = WorkloadKinds(ref.name_space);
  const auto add = [&](const char* group, const char* kind,
                       const std::string& name_space) {
    kinds.push_back({group, kind, name_space});
  };
  if (ref.Is("", "Secret")) {
    add("", "PersistentVolume", "");
    add("", "ServiceAccount", ref.name_space);
    add("storage.k8s.io", "StorageClass", "");
  }
  if (ref.Is("", "Secret") || ref.Is("", "Service")) add(kNet, "Ingress", ref.name_space);
  if (ref.Is(kNet, "IngressClass")) add(kNet, "Ingress", "");
  if (ref.Is(kRbac, "Role")) add(kRbac, "RoleBinding", ref.name_space);
  if (ref.Is(kRbac, "ClusterRole")) {
    add(kRbac, "ClusterRoleBinding", "");
    add(kRbac, "RoleBinding", "");
  }
  return kinds;
}

}  // namespace holdfast
