// Intent: what a run that broke off had written.
//
// What a run may create is in the inventory before its first write, without a uid; what
// it created gets its uid in the end. A run that is stopped or killed in between comes to
// no end, and the next one may be of a revision that wants none of it any more.

#pragma once

#include "apply/plan.h"

namespace holdfast {

/// Fills in the uid of each entry of input.inventory that has none and whose live object
/// this sync has written: the label with input.apply_set is on it, and the server has it on
/// record that we applied the label. So neither a write that was lost nor somebody's copy
/// of an object of ours makes anything ours. Pure.
void ConfirmIntents(PlanInput& input);

}  // namespace holdfast
