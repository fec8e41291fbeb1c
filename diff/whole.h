// Whole: a value that the server replaces as a whole, with what it fills in.

#pragma once

#include <string>
#include <vector>

#include "diff/change.h"
#include "diff/field_path.h"
#include "diff/schema.h"

namespace holdfast {

/// Compares the value at `path` as one that replaces what is there: everything
/// in `desired` must be in `live`, and everything in `live` must be in
/// `desired` or be what the server fills in. Lists are in their order.
///
/// Appends to `changes` what is surely different, and to `doubts` a sentence
/// for each field that the server may or may not have filled in. Null stands
/// for a value that is not there.
void CompareWhole(const FieldPath& path, const Field& field, const Json* desired,
                  const Json* live, std::vector<FieldChange>& changes,
                  std::vector<std::string>& doubts);

}  // namespace holdfast
