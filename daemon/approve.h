// Approve: prints the Approvals that a plan waits for.

#pragma once

#include "apply/plan.h"
#include "daemon/environment.h"
#include "daemon/exit_code.h"

namespace holdfast {

/// YAML documents on standard output, ready to be committed below approvals/; what no
/// approval can lift on standard error, by name, and then kStopped.
ExitCode PrintApprovals(const PlanInput& input, const Plan& plan,
                        const Environment& environment);

}  // namespace holdfast
