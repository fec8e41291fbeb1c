// OtherEffects: what Kubernetes does next because of a change to what is no workload.

#pragma once

#include <string>
#include <vector>

#include "diff/change.h"
#include "diff/object.h"

namespace holdfast {

/// Who is cut off or let in, what grows, and from when on it counts. Nothing for a
/// workload, nor for a kind that Kubernetes does not define.
std::vector<std::string> OtherEffects(const Object& before, const Object& after,
                                      const std::vector<FieldChange>& fields);

}  // namespace holdfast
