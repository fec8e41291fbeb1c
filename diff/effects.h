// Effects: what Kubernetes does next because of a change.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diff/change.h"
#include "diff/object.h"

namespace holdfast {

/// True if one of `fields` is at `prefix` ("spec.template") or below it.
bool Touches(const std::vector<FieldChange>& fields, std::string_view prefix);

/// Sentences for people about an object that goes from `before` to `after` by
/// `fields` (an answer of Difference or Compare), the gravest first: pods that
/// roll, stop, come and go; who is cut off; what is not restarted. Empty where
/// nothing beyond the fields themselves happens. What other objects make of it (who
/// mounts a ConfigMap) is said by apply/neighbours.h.
///
/// `after` is the server's dry-run answer, or the manifest where there is none; a field
/// that does not change is taken from `before`, since a manifest need not name it.
std::vector<std::string> Effects(const Object& before, const Object& after,
                                 const std::vector<FieldChange>& fields);

/// The same about an object that is created, where it starts pods, or asks for storage or
/// for an address: `wanted` is the manifest or what the server makes of it.
std::vector<std::string> EffectsOfCreation(const Object& wanted);

/// The same about an object that is deleted.
std::vector<std::string> EffectsOfDeletion(const Object& live);

}  // namespace holdfast
