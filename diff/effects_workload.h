// WorkloadEffects: which pods a change restarts, starts and stops, and in which order.

#pragma once

#include <string>
#include <vector>

#include "diff/change.h"
#include "diff/object.h"

namespace holdfast {

/// Of a StatefulSet, Deployment, ReplicaSet, DaemonSet, Job or CronJob of Kubernetes
/// itself, as its controller acts; nothing for any other kind.
std::vector<std::string> WorkloadEffects(const Object& before, const Object& after,
                                         const std::vector<FieldChange>& fields);

/// "1 pod", "3 pods".
std::string PodsOf(long long count);

}  // namespace holdfast
