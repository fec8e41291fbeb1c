// LeavingClaims: the claims whose pods leave when a StatefulSet gets smaller.

#pragma once

#include <vector>

#include "diff/object.h"
#include "diff/snapshot.h"

namespace holdfast {

/// Those of `before`'s templates and ordinals that `after` does not have, as far as they
/// are live; sorted by ordinal, then template.
std::vector<const Object*> LeavingClaims(const Object& before, const Object& after,
                                         const Snapshot& live);

}  // namespace holdfast
