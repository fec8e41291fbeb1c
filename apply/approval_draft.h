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

/// The Approval by which these quarantined volumes are destroyed, which no plan asks for
/// by itself: one document, with the snapshot that holds a copy of each, or with
/// noCopy: true where there is none. A volume that is not in quarantine, or not long
/// enough, is in `beyond`. Pure; what it wants in input.live is said by
/// ListsForDestroy, once the volumes are there.
ApprovalDrafts DraftDestroy(const PlanInput& input,
                            const std::vector<std::string>& volumes);
std::vector<Snapshot::Listed> ListsForDestroy(const PlanInput& input,
                                              const std::vector<std::string>& volumes);

}  // namespace holdfast
