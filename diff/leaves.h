// Leaves: how a whole subtree that comes or goes is told as field changes.

#pragma once

#include <vector>

#include "diff/change.h"
#include "diff/field_path.h"
#include "diff/schema.h"

namespace holdfast {

/// Appends one change for each leaf of the value that is there only `before` or
/// only `after` (the other is null). Objects are told member by member, so that
/// a path names what a reader looks for; a list and a list entry are told as a
/// whole. What says nothing is left out.
void AppendLeaves(const FieldPath& path, const Field& field, const Json* before,
                  const Json* after, std::vector<FieldChange>& changes);

/// True if `entry` of a list of type `list` is the one that `step` means, the
/// defaults of keys filled in.
bool Matches(const Type& list, const Json& entry, const PathStep& step);

/// The entries of `list` that `step` means: none, one, or a mistake.
std::vector<const Json*> AllMatching(const Type& type, const Json& list,
                                     const PathStep& step);

/// The member or entry of `value` at `step`, or null.
const Json* Descend(const Type& type, const Json& value, const PathStep& step);

/// What is declared of the member or entry at `step` of a value of type `type`.
Field FieldAt(const Type& type, const PathStep& step);

}  // namespace holdfast
