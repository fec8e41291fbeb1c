#include "apply/expected_rejection.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "apply/stateful.h"

namespace holdfast {
namespace {

/// A field that the validation of the server keeps as it is (Kubernetes 1.36,
/// pkg/apis/*/validation, ValidateXxxUpdate), in every state of the object.
struct Fixed {
  std::string_view group;
  std::string_view kind;
  std::string_view field;  ///< It or anything below it.
};

constexpr Fixed kFixed[] = {
    {"", "PersistentVolume", "spec.csi"},
    {"", "PersistentVolume", "spec.hostPath"},
    {"", "PersistentVolume", "spec.local"},
    {"", "PersistentVolume", "spec.nfs"},
    {"", "PersistentVolume", "spec.volumeMode"},
    {"", "PersistentVolumeClaim", "spec.accessModes"},
    {"", "PersistentVolumeClaim", "spec.dataSource"},
    {"", "PersistentVolumeClaim", "spec.dataSourceRef"},
    {"", "PersistentVolumeClaim", "spec.selector"},
    {"", "PersistentVolumeClaim", "spec.storageClassName"},
    {"", "PersistentVolumeClaim", "spec.volumeMode"},
    {"", "PersistentVolumeClaim", "spec.volumeName"},
    {"", "Secret", "type"},
    {"apps", "DaemonSet", "spec.selector"},
    {"apps", "Deployment", "spec.selector"},
    {"apps", "ReplicaSet", "spec.selector"},
    {"apps", "StatefulSet", "spec.podManagementPolicy"},
    {"apps", "StatefulSet", "spec.selector"},
    {"apps", "StatefulSet", "spec.serviceName"},
    {"apps", "StatefulSet", "spec.volumeClaimTemplates"},
    {"batch", "Job", "spec.completionMode"},
    {"batch", "Job", "spec.selector"},
    {"networking.k8s.io", "IngressClass", "spec.controller"},
    {"rbac.authorization.k8s.io", "ClusterRoleBinding", "roleRef"},
    {"rbac.authorization.k8s.io", "RoleBinding", "roleRef"},
    {"scheduling.k8s.io", "PriorityClass", "preemptionPolicy"},
    {"scheduling.k8s.io", "PriorityClass", "value"},
    {"storage.k8s.io", "StorageClass", "parameters"},
    {"storage.k8s.io", "StorageClass", "provisioner"},
    {"storage.k8s.io", "StorageClass", "reclaimPolicy"},
    {"storage.k8s.io", "StorageClass", "volumeBindingMode"},
};

bool IsAtOrBelow(std::string_view path, std::string_view root) {
  return path.starts_with(root) && (path.size() == root.size() ||
                                    path[root.size()] == '.' || path[root.size()] == '[');
}

/// A Secret or ConfigMap that says so keeps its data, and keeps saying so.
bool IsFrozen(const Object& live, std::string_view path) {
  if (!live.ref().Is("", "Secret") && !live.ref().Is("", "ConfigMap")) return false;
  const Json* immutable = FindIn(live.json(), "immutable");
  if (immutable == nullptr || *immutable != Json(true)) return false;
  return IsAtOrBelow(path, "data") || IsAtOrBelow(path, "binaryData") ||
         path == "immutable";
}

/// The claim of a volume is set by the binder once; until then anybody may.
bool IsSetOnce(const Fixed& row, const FieldChange& change) {
  return row.field == "spec.volumeName" && !change.before;
}

bool IsFixed(const Object& live, const FieldChange& change) {
  if (IsFrozen(live, change.path)) return true;
  return std::any_of(std::begin(kFixed), std::end(kFixed), [&](const Fixed& row) {
    return live.ref().Is(row.group, row.kind) && IsAtOrBelow(change.path, row.field) &&
           !IsSetOnce(row, change);
  });
}

}  // namespace

std::optional<Rejection> ExpectedRejection(const Object& live,
                                           const std::vector<FieldChange>& changes) {
  Rejection fixed{Rejection::Kind::kInvalid, 422, "", {}};
  Rejection conflict{Rejection::Kind::kFieldConflict, 409, "", {}};
  for (const FieldChange& change : changes) {
    if (IsFixed(live, change)) {
      fixed.causes.push_back({change.path, "field is immutable", ""});
    } else if (!change.manager.empty() && IsStateful(live)) {
      conflict.causes.push_back({change.path, "", change.manager});
    }
  }
  if (!fixed.causes.empty()) return fixed;
  if (!conflict.causes.empty()) return conflict;
  return std::nullopt;
}

}  // namespace holdfast
