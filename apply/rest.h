// Rest: what may be applied of a revision that the guard stops as a whole.
//
// For `onRefusal: apply-rest`. What is left is a plan like any other, made and judged
// anew by the same rules, of a revision that lacks whatever has to do with what is
// stopped. So nothing is applied by it that could not have come in a commit of its own.

#pragma once

#include <optional>
#include <set>

#include "apply/plan.h"

namespace holdfast {

struct Rest {
  PlanInput input;  ///< With `partial` set; prunes nothing.
  Plan plan;        ///< Stops nothing, and changes something.
};

/// The rest of `plan`, which was made from `input` and stops; nothing if there is none.
///
/// There is none where a finding about the revision as a whole stops it. Else left out is
///   - what is stopped, what rests on an approval (somebody approved all of it or
///   nothing),
///     and every deletion, detach and re-creation, approved or not;
///   - what names any of these or is named by it, by any reference of order.md 3.3, as it
///     is in Git and as it is live, one step after the other through what is left out,
///     and through claims, volumes and workloads even where they do not change: what
///     shares one of them with what is stopped is left out;
///   - a creation of a kind of which something would go: it may be the same under another
///     name.
/// Pure.
std::optional<Rest> RestOf(const PlanInput& input, const Plan& plan);

/// `input` without the objects of `but`: it neither wants nor prunes anything of them.
PlanInput PartOf(const PlanInput& input, const std::set<ObjectRef>& but);

}  // namespace holdfast
