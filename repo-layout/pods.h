// Pods: what an object that makes pods says about them.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diff/object.h"

namespace holdfast {

struct ContainerView {
  const Json* json = nullptr;
  std::string pointer;  ///< RFC 6901, in the object.
  bool is_init = false;
};

/// The pod spec of the built-in workloads, of a Pod itself and of custom kinds
/// shaped like a Deployment. A view: the object must outlive it.
struct PodView {
  const Json* spec = nullptr;  ///< Null in an object that makes no pods.
  std::string pointer;         ///< Of spec.

  explicit PodView(const Object& object);
  /// Those of initContainers too.
  std::vector<ContainerView> Containers() const;
};

/// A claim that the pods mount by name.
struct ClaimView {
  std::string claim;
  std::string pointer;     ///< Of the volume.
  bool read_only = false;  ///< By itself, or in every container that mounts it.
};
std::vector<ClaimView> ClaimsOf(const PodView& pods);

/// True if a container that is no init container runs a database engine.
bool RunsEngine(const PodView& pods);

/// A StatefulSet, pods that write to a claim, or an engine: what it does when it
/// stops matters.
bool HoldsData(const Object& object, const PodView& pods);

}  // namespace holdfast
