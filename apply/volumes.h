// Volumes: the fate of every claim that a plan touches.

#pragma once

#include <string>
#include <vector>

#include "apply/outlook.h"
#include "diff/change.h"

namespace holdfast {

/// What is known of the volume behind a live claim.
struct ClaimFacts {
  std::string volume;          ///< spec.volumeName; empty if unbound.
  std::string capacity;        ///< status.capacity, else what is asked for.
  std::string reclaim_policy;  ///< Of the PersistentVolume; empty if it was not read.
};
ClaimFacts FactsOf(const Object& claim, const Snapshot& live);

/// "Bound to pvc-5b1e (20Gi, reclaim policy Delete)", "Pending, without a volume
/// (asks for 20Gi)".
std::string DescribeClaim(const Object& claim, const Snapshot& live);

/// Live claims that a StatefulSet made of its templates, those of earlier, larger days
/// included; sorted.
std::vector<const Object*> ClaimsOfTemplates(const Object& set, const Snapshot& live);

/// Live claims of a workload: those that its pods mount, those of its templates.
std::vector<const Object*> ClaimsOfWorkload(const Object& workload, const Snapshot& live);

/// One line for each claim that `changes` touch, or that belongs to a workload which
/// they touch; by claim.
std::vector<VolumeReport> ReportVolumes(const std::vector<Change>& changes,
                                        const Outlook& outlook);

}  // namespace holdfast
