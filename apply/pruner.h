// Pruner: deletes what Git no longer has, each object judged again.

#pragma once

#include <string>
#include <vector>

#include "apply/applier.h"
#include "apply/clock.h"
#include "apply/cluster.h"
#include "apply/outcome.h"
#include "apply/outlook.h"
#include "apply/plan.h"

namespace holdfast {

struct PruneReport {
  RunEnd end = RunEnd::kDone;
  std::string reason{};       ///< Empty for kDone.
  std::vector<bool> deleted;  ///< One for each of the refs: it is gone.
};

class Pruner {
 public:
  /// All outlive the pruner.
  Pruner(Cluster& cluster, const Clock& clock, ApplyObserver& observer,
         const ApplierOptions& options);

  /// Deletes `refs`, all of one wave, and waits until they are gone.
  ///
  /// Reads each of them and every fact that the guard needs anew, asks for a
  /// Permit, lets the server try it dry, asks again and deletes. The first
  /// refusal or failure ends it, and nothing further is deleted; finalizers are
  /// waited for and never removed.
  PruneReport Delete(const std::vector<ObjectRef>& refs, const PlanInput& input);

 private:
  PlanInput ReadAgain(const std::vector<ObjectRef>& refs, const PlanInput& input);
  /// Judges and deletes one; kConflict carries the guard's refusal.
  Status DeleteOne(const Object& fresh, const Outlook& outlook, WriteMode mode);
  Status WaitUntilGone(const std::vector<const Object*>& going, const Snapshot& before);

  Cluster& cluster_;
  const Clock& clock_;
  ApplyObserver& observer_;
  const ApplierOptions& options_;
};

}  // namespace holdfast
