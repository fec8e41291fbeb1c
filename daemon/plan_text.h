// PlanText: a plan for people, in the order in which it would happen.

#pragma once

#include <string>

#include "apply/plan.h"

namespace holdfast {

/// Wave by wave what is written and why it is there and not earlier, then what
/// is deleted. Objects that stay as they are are counted, not listed, unless
/// `all`. Findings, volumes and totals are the diff's (diff/render_text.h) and
/// not repeated here.
std::string WavesText(const Plan& plan, bool all);

}  // namespace holdfast
