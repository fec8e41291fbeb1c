// Loop: the daemon. Each sync is reconciled when Git or the cluster changes, for
// ever, and nothing that goes wrong with one of them stops it or the others.

#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "apply/backoff.h"
#include "apply/clock.h"
#include "apply/cluster.h"
#include "apply/watch_cache.h"
#include "daemon/cli.h"
#include "daemon/config.h"
#include "daemon/environment.h"
#include "daemon/exit_code.h"
#include "daemon/reconciler.h"
#include "daemon/sync_status.h"

namespace holdfast {

/// One sync. A caller steps it; it never sleeps but in the cluster's watches.
class SyncLoop {
 public:
  /// `cluster`, `clock` and `schema` outlive it.
  SyncLoop(SyncSpec spec, Cluster& cluster, const Clock& clock, ServerSchema& schema,
           const std::string& inventory_namespace, std::function<bool()> cancelled);

  /// Looks whether Git has something new, reconciles if there is a reason to
  /// (a new commit, a retry that is due, an object that was changed by hand),
  /// and waits for the next reason, at most `up_to`.
  void Step(std::chrono::milliseconds up_to);

 private:
  bool PollIsDue() const;
  bool IsSuperseded();
  void PollGit();
  void Reconcile();
  /// True if every sync that this one depends on is Ready; told once if not.
  bool MayBegin();
  /// Reads `commit` as it was; with its manifests.
  Result<Revision> Read(const std::string& commit) const;
  /// How far CarryOut() came.
  enum class Came {
    kNowhere,  ///< There is no plan, or it may not go ahead: nothing was written.
    kHalfWay,  ///< It was begun, and is left where it is: to be tried again, or superseded.
    kThrough,  ///< The cluster is as the revision says.
    kStopped,  ///< We are to stop, or the cluster cannot be asked: nothing can be done now.
  };
  Came CarryOut(const Revision& revision);
  /// Carries out the rest of a revision that is stopped, if there is one.
  void CarryOutRest(const Judged& judged);
  /// Keeps the last admitted revision in force but for what came with the rest of a newer
  /// one. Takes nothing away: what it does not have may have come since.
  void KeepInForce();
  void FailedOnce(const std::string& why);
  void Tell(SyncState::Phase phase, const std::string& message,
            const ChangeSet* plan = nullptr);
  /// Beside what is expected already, or alone.
  enum class Expect { kAlone, kToo };
  void WatchForDrift(const PlanInput& input, Expect expect);
  void WaitForReason(std::chrono::milliseconds up_to);
  bool HasDrifted(const ObjectRef& ref) const;
  /// True if Git has the claim, or a workload whose pods use it.
  bool IsOfOurs(const ObjectRef& claim) const;

  SyncSpec spec_;
  Cluster& cluster_;
  const Clock& clock_;
  ServerSchema& schema_;
  std::function<bool()> cancelled_;
  Reconciler reconciler_;

  std::string wanted_;    ///< Newest commit of the ref.
  std::string wanted_at_start_;  ///< Of the run that is under way.
  std::string refused_;   ///< Commit that the guard stopped; not tried again.
  bool held_ = false;     ///< It was only held: a fact was missing, so it is asked again.
  std::optional<Revision> in_force_;  ///< Last revision that was admitted.
  std::string recorded_;  ///< The commit that is in force by the inventory.
  std::set<ObjectRef> rest_;  ///< Kept as `wanted_` has it, though that is stopped.
  std::map<ObjectRef, Object> desired_;  ///< What is expected to be live, as it was applied.
  bool reconcile_ = true;
  bool drifted_ = false;  ///< Something of what is in force was changed by hand.
  Backoff backoff_;
  StatusStore status_;
  std::string waiting_for_;  ///< Told already; the sync that is not Ready yet.
  std::string git_trouble_;  ///< Told already; empty while Git answers.
  Clock::TimePoint next_poll_{};
  Clock::TimePoint next_try_{};
  std::unique_ptr<WatchCache> drift_;
  bool drift_is_whole_ = false;  ///< Nobody else has waited for events since it began.
};

/// `holdfast run`: every Sync of the configuration in a thread of its own, until
/// we are asked to stop. kError if the configuration has no good Sync.
ExitCode RunLoops(const CommandLine& line, const Environment& environment);

}  // namespace holdfast
