// ServedBy: the workloads without which an object is only a wish.
//
// A custom resource waits for its operator, a claim for the provisioner of its class, a
// webhook or an APIService for the pods behind its Service. No field of Kubernetes names
// them; each is found by what it may do or is told, so these edges are soft.

#pragma once

#include <vector>

#include "apply/references.h"
#include "apply/selection.h"

namespace holdfast {

/// Soft edges among `objects`:
///
/// - a custom resource to the workload whose ServiceAccount a (Cluster)RoleBinding gives
///   rights that name the resource's API group;
/// - what takes volumes of a StorageClass (`named`, the edges that fields state, tell) to
///   the storage driver whose containers name the class's provisioner;
/// - a webhook configuration or an APIService to the workloads that its Service selects.
///
/// `workloads` are those of `objects`.
std::vector<Edge> FindServers(const std::vector<const Object*>& objects,
                              const std::vector<Edge>& named,
                              const WorkloadsByLabel& workloads);

}  // namespace holdfast
