// Needed: which kinds can name which, and what it means when the named one is missing.

#pragma once

#include <string>
#include <vector>

#include "diff/object_ref.h"
#include "diff/snapshot.h"

namespace holdfast {

/// The hazard of an object that is named and not there: H-F2 for a Secret, a ConfigMap
/// and anything without one of its own.
std::string HazardOfMissing(const ObjectRef& ref);

/// The kinds whose objects may name `ref`, and where: what must be listed before it can
/// be said that nobody does. Empty for a kind that nothing built in names.
std::vector<Snapshot::Listed> KindsThatMayName(const ObjectRef& ref);

/// The kinds that make pods.
std::vector<Snapshot::Listed> WorkloadKinds(const std::string& name_space);

}  // namespace holdfast
