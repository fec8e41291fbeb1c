// GateTimeout: how long a kind of object may take until its gate opens.

#pragma once

#include <chrono>

#include "diff/object.h"

namespace holdfast {

/// From being sent to an open gate (apply/health.h), where nobody has given a time: each kind
/// has its own, since a Namespace is there in a second and a database has logs to replay. A
/// StatefulSet has ten minutes for each of its pods; what states a longer deadline of its own
/// (a Deployment, a Job) has that. `live`: as written, or newer. Pure.
std::chrono::milliseconds GateTimeout(const Object& live);

/// The same for one pod of a StatefulSet that gets its new template pod by pod.
inline constexpr std::chrono::milliseconds kTimeOfPod = std::chrono::minutes(10);

}  // namespace holdfast
