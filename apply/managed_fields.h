// ManagedFields: which manager set a field (API reference, meta/v1 FieldsV1).

#pragma once

#include <initializer_list>
#include <string_view>

#include "diff/object.h"

namespace holdfast {

/// Under this name the API server keeps what we apply (KEP-555).
inline constexpr const char* kFieldManager = "holdfast";

/// True if server-side apply by "holdfast" set the field at `path`, by the live object's
/// own record.
bool WeOwn(const Object& live, std::initializer_list<std::string_view> path);

}  // namespace holdfast
