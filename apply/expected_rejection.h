// ExpectedRejection: the server's no that is certain, where there is no server to ask.

#pragma once

#include <optional>
#include <vector>

#include "apply/rejection.h"
#include "diff/change.h"
#include "diff/object.h"

namespace holdfast {

/// What a dry run of `changes` (not masked) to `live` is sure to answer: that a field
/// cannot be changed (safety.md 1.K), or, for a stateful object, that another manager
/// holds it. Nothing where the answer is yes or is not known: validation, admission,
/// quota and rights are the server's alone, and so is whether a claim's driver can grow
/// it.
std::optional<Rejection> ExpectedRejection(const Object& live,
                                           const std::vector<FieldChange>& changes);

}  // namespace holdfast
