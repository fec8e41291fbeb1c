// Pruner: deletes what Git no longer has, each object judged again.

#pragma once

#include <string>
#include <vector>

#include "apply/applier.h"
#include "apply/clock.h"
#include "apply/cluster.h"
#include "apply/operators.h"
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

  /// Before the first deletion: makes sure of the volume of every claim that goes with
  /// `refs`, all that the plan deletes (apply/detacher.h), and has the operators of
  /// resources among them told to keep their claims. So a volume that cannot be made sure of
  /// stops the run while nothing is gone and nothing is stopped.
  PruneReport Prepare(const std::vector<ObjectRef>& refs, const PlanInput& input);

  /// Deletes `refs`, all of one wave, and waits until they are gone.
  ///
  /// Reads each of them and every fact that the guard needs anew, stops what still works
  /// and may be stopped, asks for a Permit, lets the server try it dry, asks again and
  /// deletes. What changes between reading and deleting is read and judged again, a few
  /// times. The first refusal or failure ends it, and nothing further is deleted;
  /// finalizers are waited for and never removed. Of a claim its volume is looked at
  /// afterwards.
  PruneReport Delete(const std::vector<ObjectRef>& refs, const PlanInput& input);

  /// True once anything was written but bookkeeping: a refusal after that leaves a
  /// revision that is applied in part.
  bool wrote() const { return wrote_; }

 private:
  enum class Try {
    kDone,
    kChanged,  ///< It is not as it was read any more: read and judge again.
  };
  /// The connection may lead elsewhere than when the plan was made.
  Status MakeSureOfCluster(const PlanInput& input);
  PlanInput ReadAgain(const std::vector<ObjectRef>& refs, const PlanInput& input);
  Status MakeSure(const std::vector<ObjectRef>& refs, const PlanInput& facts);
  /// Row 25: sets what keeps the claims of a resource, and reads it back.
  Status TellToKeepClaims(const OperatorKind& op, const Object& resource);
  /// Scales down those of `refs` that hold data and still work, has CronJobs begin no further
  /// job, and waits until their pods are gone and their jobs have ended; kChanged if any was
  /// or changed meanwhile, so that facts are old. What is not ours (any more) is let be.
  Result<Try> Stop(const std::vector<ObjectRef>& refs, const PlanInput& facts);
  Result<Try> StopOne(const Object& workload);
  Status WaitUntilStopped(const Object& workload);
  /// Judges and deletes one; kConflict carries the guard's refusal.
  Result<Try> DeleteOne(const Object& fresh, const Outlook& outlook, WriteMode mode);
  /// The same for a volume in quarantine, which is not deleted but given up.
  Result<Try> GiveUp(const Object& volume, const Approval& by, const Outlook& outlook,
                     WriteMode mode);
  Status WaitUntilGone(const std::vector<const Object*>& going, const Snapshot& before);

  Cluster& cluster_;
  const Clock& clock_;
  ApplyObserver& observer_;
  const ApplierOptions& options_;
  bool wrote_ = false;
};

}  // namespace holdfast
