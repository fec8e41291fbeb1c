// AtWork: does a workload still run, or has it stopped?

#pragma once

#include <string>

#include "diff/object.h"
#include "diff/snapshot.h"

namespace holdfast {

/// What of a workload is still at work, as a clause ("spec.replicas is 3", "pod db-0 is
/// still there"); empty if it has stopped. REQUIRES that the pods of its namespace are in
/// `live`, if that is to be the last word.
std::string AtWork(const Object& workload, const Snapshot& live);

/// True if it is stopped by setting spec.replicas to 0.
bool HasReplicas(const ObjectRef& ref);

}  // namespace holdfast
