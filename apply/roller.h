// Roller: carries out one rollout of a StatefulSet (apply/rollout.h) on the cluster.
//
// What it does is on the objects themselves, so a Roller keeps nothing that a later run
// would need: Begin() on a set whose brake is on already goes on from there.

#pragma once

#include <set>
#include <string>
#include <vector>

#include "apply/applier.h"
#include "apply/cluster.h"
#include "apply/health.h"
#include "apply/plan.h"
#include "diff/manifest.h"

namespace holdfast {

class Roller {
 public:
  /// All outlive it. `manifest` is the set as Git has it; `others` all that Git has.
  Roller(Cluster& cluster, const PlanInput& input, const ApplierOptions& options,
         const Manifest& manifest);

  /// Before the new template is written: sets the brake and freezes what interferes, so
  /// that writing it replaces no pod. Returns the set as it is then. `after` is the
  /// forecast; null where only an earlier rollout is finished.
  Result<Object> Begin(const Object& live, const Object* after);

  /// What is to be sent as the manifest while the brake is on.
  Object Yielding(const Object& wanted, const Object& live) const;

  struct Progress {
    Health health;
    Object set;  ///< As it is after the step, if there was one.
    bool stepped = false;
    bool finished = false;  ///< The brake is off; the set is as Git says.
  };
  /// Looks at the newest state of the set and of its pods; gives up the next pod, or lets
  /// go of everything once all are new.
  Result<Progress> Advance(const Object& set, const Snapshot& around);

  /// Lets go of what is frozen for `set`, a StatefulSet that is about to be deleted.
  static Status Thaw(Cluster& cluster, const PlanInput& input, const Object& set);

  /// Lets go of the freeze that was left on `live` (IsLeftFrozen), unless by now a rollout
  /// needs it: that of another sync may have begun since.
  static Status ThawLeft(Cluster& cluster, const PlanInput& input, const Object& live);

 private:
  Result<Object> Send(const Object& object, OnFieldConflict on_conflict,
                      const std::string& manager);
  Result<Progress> Finish(const Object& set, Health health);
  Status Restart(const Object& set, const Object& pod);

  Cluster& cluster_;
  const PlanInput& input_;
  const ApplierOptions& options_;
  const Manifest& manifest_;
  std::set<std::string> restarted_;  ///< uids of pods.
};

}  // namespace holdfast
