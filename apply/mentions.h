// Mentions: the Services that a workload names in plain text.
//
// "WORDPRESS_DB_HOST=wordpress-mysql" says that WordPress needs MySQL as clearly
// as any reference, but only to a reader. Kubernetes does not know, so these
// edges are soft: they order, and nothing is missing without them.

#pragma once

#include <vector>

#include "apply/references.h"
#include "apply/selection.h"
#include "diff/object.h"

namespace holdfast {

/// Soft edges from workloads to the Services among `objects` that their env, args
/// or the ConfigMaps and Secrets that they read name, and to the workloads behind those
/// Services. A workload that names a Service of its own pods (seeds) has none.
/// `workloads` are those of `objects`.
std::vector<Edge> FindMentions(const std::vector<const Object*>& objects,
                               const WorkloadsByLabel& workloads);

/// Soft edges from workloads to what selects their pods: Services,
/// PodDisruptionBudgets, NetworkPolicies.
std::vector<Edge> FindSelections(const std::vector<const Object*>& objects,
                                 const WorkloadsByLabel& workloads);

}  // namespace holdfast
