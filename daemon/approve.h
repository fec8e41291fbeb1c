// Approve: prints the Approvals that a plan waits for.

#pragma once

#include <string>
#include <vector>

#include "apply/plan.h"
#include "daemon/environment.h"
#include "daemon/exit_code.h"

namespace holdfast {

/// YAML documents on standard output, ready to be committed below approvals/; what no
/// approval can lift on standard error, by name, and then kStopped.
ExitCode PrintApprovals(const PlanInput& input, const Plan& plan,
                        const Environment& environment);

/// The same for the Approval that destroys these quarantined volumes.
ExitCode PrintDestroy(const PlanInput& input, const std::vector<std::string>& volumes,
                      const Environment& environment);

}  // namespace holdfast
