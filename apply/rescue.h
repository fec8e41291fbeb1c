// Rescue: a claim that somebody else has deleted and that has not gone yet.
//
// Kubernetes defers the deletion while a pod uses the claim, and it cannot be taken back
// (H-A2): at the next restart the claim goes, and with reclaim policy Delete
// its data. So the volume is made Retain at once, whatever else stands against the
// revision; and since it is put into quarantine as by a detach, the claim is bound to it
// again when it comes back from Git.

#pragma once

#include <vector>

#include "apply/applier.h"
#include "apply/cluster.h"
#include "apply/plan.h"

namespace holdfast {

/// The claims of `input` that are Terminating and whose volume would be deleted with
/// them: those that Git or the inventory has, and those of workloads that Git has. Pure.
std::vector<const Object*> ClaimsToRescue(const PlanInput& input);

struct RescueReport {
  std::vector<ObjectRef> saved;
  std::vector<Error> failed;  ///< Begin with the claim; its data are still in danger.
};

/// Makes sure of the volume of each of them. Writes to the volumes, and evidence, and to
/// nothing else; safe to be repeated.
RescueReport RescueClaims(Cluster& cluster, const Clock& clock,
                          const ApplierOptions& options, const PlanInput& input);

}  // namespace holdfast
