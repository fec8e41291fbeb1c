// Effects: what Kubernetes does next because of a change.

#pragma once

#include <string>
#include <vector>

#include "diff/change.h"
#include "diff/object.h"

namespace holdfast {

/// Sentences for people about an object that goes from `before` to `after` by
/// `fields` (an answer of Difference or Compare), the gravest first: pods that
/// roll, stop, come and go; who is cut off; what is not restarted. Empty where
/// nothing beyond the fields themselves happens.
///
/// `after` is the server's dry-run answer, or the manifest where there is none.
std::vector<std::string> Effects(const Object& before, const Object& after,
                                 const std::vector<FieldChange>& fields);

}  // namespace holdfast
