// Reconciler: one reconcile of one sync, in steps: judge, then act.
//
// `diff` and `plan` stop after the first, `sync` goes on, and the daemon repeats
// both for ever; they differ in nothing else.

#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apply/applier.h"
#include "apply/approval_store.h"
#include "apply/clock.h"
#include "apply/cluster.h"
#include "apply/inventory_store.h"
#include "apply/journal.h"
#include "apply/lease.h"
#include "apply/leased_cluster.h"
#include "apply/outcome.h"
#include "apply/plan.h"
#include "apply/rest.h"
#include "apply/server_schema.h"
#include "apply/survey_file.h"
#include "daemon/source.h"
#include "diff/mask.h"

namespace holdfast {

struct ReconcilerOptions {
  InventoryPlace place;
  std::string identity = "holdfast";  ///< Who we are, for other runs and for people.
  std::string default_namespace = "default";
  bool prune = true;
  OnRefusal on_refusal = OnRefusal::kHold;
  DeleteLimits limits;
  std::optional<std::chrono::milliseconds> timeout{};  ///< ApplierOptions::timeout.
  std::function<bool()> cancelled = [] { return false; };
  std::function<bool()> superseded = [] { return false; };  ///< ApplierOptions::superseded.
  /// LeaseOptions::is_dead.
  std::function<bool(const std::string&)> is_dead = [](const std::string&) { return false; };
};

/// What one revision would do, and what stands against it.
struct Judged {
  /// Why there is no plan; if there are any, `plan` says nothing.
  std::vector<Error> errors;
  PlanInput input;
  Plan plan;
  /// With OnRefusal::kApplyRest, where the plan stops: what may be applied all the same.
  std::optional<Rest> rest;

  bool MayGoAhead() const { return errors.empty() && !Stops(plan.set.verdict()); }
};

class Reconciler {
 public:
  /// `cluster` and `clock` outlive it; `hash` stands for secret values.
  Reconciler(Cluster& cluster, const Clock& clock, ServerSchema& schema, KeyedHash hash,
             ReconcilerOptions options);

  /// Reads the cluster and makes the plan of `revision`. A revision that cannot
  /// be read whole is not compared with anything: what is missing in it would
  /// look like a deletion.
  ///
  /// `watched`: what a watch keeps fresh costs no request. A plan that would stop the
  /// revision or take anything away is made once more, from what is read for it.
  Judged Judge(const Revision& revision, const Snapshot* watched = nullptr);

  /// The same for those that will act on it: what other runs do from now on is noticed by
  /// Begin(). Needs the right to read Leases.
  Judged JudgeToAct(const Revision& revision, const Snapshot* watched = nullptr);

  /// The commit that is in force by the inventory; empty if there is none, or nobody can
  /// tell.
  std::string InForce();

  /// The right to write to the cluster (apply/lease.h), given back when it ends. Of a
  /// plan that writes nothing it is empty and costs no request.
  class Turn {
   public:
    explicit Turn(Lease& lease) : lease_(&lease) {}
    ~Turn() {
      // If the server cannot be told, the lease expires.
      if (lease_) (void)lease_->Release();
    }
    Turn(Turn&& other) noexcept : lease_(std::exchange(other.lease_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    Lease* lease_;
  };

  /// Before Rescue() and Act(): if these would write anything, takes the lease of the sync,
  /// waiting at most the time-out for another run, which is told to `say`. If another run may
  /// have been at work since JudgeToAct(), `judged` is made anew. kTimeout names the
  /// holder, and nothing was written. REQUIRES that no Turn of this reconciler lives.
  Result<Turn> Begin(const Revision& revision, Judged& judged,
                     const std::function<void(const std::string&)>& say);

  /// Makes sure of the volumes of claims that somebody has deleted (apply/rescue.h), also
  /// where the plan may not go ahead. If any was saved, `judged` is judged anew and says
  /// so. Told to `say`: what was saved, and what could not be.
  void Rescue(const Revision& revision, Judged& judged,
              const std::function<void(const std::string&)>& say);

  /// The same against the objects of a file, without any request (apply/survey_file.h).
  static Judged JudgeFile(const Revision& revision, LiveObjects live, const Schema& schema,
                          KeyedHash hash, const ReconcilerOptions& options);

  /// The same without a cluster, for a revision that cannot be read whole: its
  /// findings and nothing else.
  static Judged JudgeUnread(const Revision& revision, const InventoryPlace& place);

  /// Carries out the plan, and keeps the inventory: what is about to be written
  /// is in it before the first write, so that whoever comes after a crash knows
  /// what is ours. REQUIRES judged.MayGoAhead() and the Turn of Begin(). If the lease is
  /// lost on the way, the run ends as stopped, and says so.
  RunReport Act(const Judged& judged, ApplyObserver& observer) {
    return Act(judged.input, judged.plan, observer);
  }
  /// The same of a rest, which leaves the revision that is in force as it is.
  RunReport Act(const Rest& rest, ApplyObserver& observer) {
    return Act(rest.input, rest.plan, observer);
  }

  /// Removes the secret values of `judged` from a foreign text.
  static std::function<std::string(const std::string&)> MaskOf(const Judged& judged) {
    return MaskOf(judged.input);
  }
  static std::function<std::string(const std::string&)> MaskOf(const PlanInput& input);

 private:
  Judged JudgeOnce(const Revision& revision, const Snapshot* watched);
  /// Ends what earlier runs have begun (apply/journal.h); `judged` is made anew.
  void EndHalfDone(const Revision& revision, Judged& judged,
                   const std::function<void(const std::string&)>& say);
  bool MayWrite(const Judged& judged) const;
  RunReport Act(const PlanInput& input, const Plan& plan, ApplyObserver& observer);
  RunReport CarryOut(const PlanInput& input, const Plan& plan, ApplyObserver& observer);

  const Clock& clock_;
  Lease lease_;
  LeasedCluster cluster_;
  ServerSchema& schema_;
  KeyedHash hash_;
  ReconcilerOptions options_;
  InventoryStore store_;
  ApprovalStore approvals_;
  Journal journal_;
};

}  // namespace holdfast
