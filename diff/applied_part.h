// AppliedPart: the part of a live object that one manager applied.

#pragma once

#include <optional>
#include <string_view>

#include "diff/object.h"

namespace holdfast {

/// What `manager` applied of `live` by server-side apply, with the values of now. Applied
/// again as it is it changes nothing, and takes up and lets go of no field; with one field
/// changed it is an update of that field under the manager's own name (KEP-555). List
/// entries are those that managedFields names; a map that was applied whole is taken whole.
///
/// Nothing if the manager has not applied it, or in another version of the API than the one
/// that `live` is written in.
std::optional<Object> AppliedPart(const Object& live, std::string_view manager);

}  // namespace holdfast
