// ClaimGrowth: may a claim grow, and which claims of a StatefulSet must, and to what?

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apply/outlook.h"
#include "diff/object.h"
#include "diff/snapshot.h"

namespace holdfast {

/// What a claim asks for: spec.resources.requests.storage, as it is written.
std::string RequestOf(const Object& claim);

/// Why a claim cannot grow (H-D5), as a clause.
struct NoGrowth {
  bool unknown = false;  ///< A fact could not be read: hold, do not refuse.
  std::string why;
};

/// Nothing if the live `claim` may grow: it is Bound, and its StorageClass, as it is or as
/// this plan makes it, allows it.
std::optional<NoGrowth> WhyNoGrowth(const Object& claim, const Outlook& outlook);

/// What a growth has got stuck at for good ("ControllerResizeInfeasible"), or empty.
std::string InfeasibleResize(const Object& claim);

/// How far a growth has come (KEP-1790, order.md 3.4).
struct GrowthState {
  bool done = false;      ///< The capacity is what was asked for, file system and all.
  bool failed = false;    ///< It never will be.
  std::string sentence{};   ///< What it waits for or failed at; empty if done.
};
GrowthState GrowthOf(const Object& claim);

/// A claim of a StatefulSet that is smaller than the set's templates are to be.
struct GrowingClaim {
  const Object* claim = nullptr;
  long long ordinal = 0;
  std::string to;  ///< As the template says it.
};

/// The live claims of the members that `live` has now whose request or capacity is below
/// what the templates of `wanted` ask for: highest ordinal first, the order in which they
/// grow. One that is larger already stays as it is. Views into `snapshot`.
std::vector<GrowingClaim> GrowingClaims(const Object& live, const Object& wanted,
                                        const Snapshot& snapshot);

/// The names of all claims of the members that `set` has now, highest ordinal first.
std::vector<ObjectRef> ClaimsOfMembers(const Object& set);

}  // namespace holdfast
