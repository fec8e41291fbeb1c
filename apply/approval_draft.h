// ApprovalDraft: the Approvals that a plan waits for, ready to be committed.

#pragma once

#include <string>
#include <vector>

#include "apply/plan.h"

namespace holdfast {

struct ApprovalDrafts {
  /// Documents of kind Approval, every uid filled in. Together they lift all that an
  /// approval can lift; an approval that the plan has is not printed again.
  std::vector<Json> documents;
  /// What stops and no approval lifts, a sentence each, with what to do.
  std::vector<std::string> beyond;
};

/// Pure. The approvals begin now, by the server's clock, and expire in three days.
ApprovalDrafts DraftApprovals(const PlanInput& input, const Plan& plan);

}  // namespace holdfast
