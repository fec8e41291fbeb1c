// Agreement: the comparison held against the object that the server makes.

#pragma once

#include <set>
#include <string>
#include <vector>

#include "diff/compare.h"
#include "diff/object.h"
#include "diff/schema.h"

namespace holdfast {

struct Agreement {
  /// Paths that the server changes, as Difference() tells them.
  std::set<std::string> changed;
  /// What does not agree, a line each; empty for "unsure".
  std::vector<std::string> complaints;
};

/// `said` is the comparison of a manifest and `live`, `after` what the server makes
/// of them. Where `said` is "different" its fields must be just those that change, but
/// for what compare.h leaves open: doubt beside it (partial), what the server derives
/// from other fields, entries that admission adds to a list, which is told as a whole
/// then; and kinds of which the schema knows nothing, whose lists are told by index.
Agreement Agree(const Comparison& said, const Object& live, const Object& after,
                const Schema& schema);

}  // namespace holdfast
