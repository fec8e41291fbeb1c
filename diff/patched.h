// Patched: an object with the changes of a comparison carried out.

#pragma once

#include <vector>

#include "diff/change.h"
#include "diff/json.h"

namespace holdfast {

/// `object` with each field of `changes` at its value `after`, or without it where that
/// is empty: what the object would be, as far as the comparison knows. List entries are
/// found by their keys, and one that is not there is added at the end. Values must not be
/// masked yet; a path that cannot be read or followed changes nothing.
Json Patched(Json object, const std::vector<FieldChange>& changes);

}  // namespace holdfast
