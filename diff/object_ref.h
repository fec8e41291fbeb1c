// Gvk and ObjectRef: the type of an object, and its identity.

#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "diff/result.h"

namespace holdfast {

/// Group, version and kind. The core group is "".
struct Gvk {
  std::string group;
  std::string version;
  std::string kind;

  /// "apps/v1", "v1".
  std::string ApiVersion() const;
  /// Splits "apps/v1" or "v1"; kInvalid for an empty part or two slashes.
  static Result<Gvk> Parse(std::string_view api_version, std::string_view kind);

  auto operator<=>(const Gvk&) const = default;
};

/// Which object, whatever version it is read at: the API server serves one
/// object under every version of its group, so the version is no part of its
/// identity (H-H6).
struct ObjectRef {
  std::string group;
  std::string kind;
  std::string name_space;  ///< Empty for an object of the cluster's scope.
  std::string name;

  /// "StatefulSet default/cassandra", "Namespace data",
  /// "StatefulSet.apps.kruise.io default/x" where the group is not Kubernetes' own.
  std::string ToString() const;

  /// True if it is of this kind; the core group is "".
  bool Is(std::string_view of_group, std::string_view of_kind) const {
    return group == of_group && kind == of_kind;
  }

  auto operator<=>(const ObjectRef&) const = default;
};

/// True for a group that Kubernetes itself serves: "", "apps", "batch",
/// "policy", "autoscaling" and "*.k8s.io". A CRD may use a *.k8s.io group
/// too; this is for printing, no rule rests on it.
bool IsKubernetesGroup(std::string_view group);

}  // namespace holdfast

/// For look-ups alone: what is printed is sorted.
template <>
struct std::hash<holdfast::ObjectRef> {
  std::size_t operator()(const holdfast::ObjectRef& ref) const noexcept {
    const std::hash<std::string> of;
    return of(ref.name) ^ (of(ref.kind) * 31) ^ (of(ref.name_space) * 131) ^ of(ref.group);
  }
};
