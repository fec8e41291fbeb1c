// Reconciler: one reconcile of one sync, in steps: judge, then act.
//
// `diff` and `plan` stop after the first, `sync` goes on, and the daemon repeats
// both for ever; they differ in nothing else.

#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "apply/applier.h"
#include "apply/approval_store.h"
#include "apply/clock.h"
#include "apply/cluster.h"
#include "apply/inventory_store.h"
#include "apply/outcome.h"
#include "apply/plan.h"
#include "apply/server_schema.h"
#include "apply/survey_file.h"
#include "daemon/source.h"
#include "diff/mask.h"

namespace holdfast {

struct ReconcilerOptions {
  InventoryPlace place;
  std::string default_namespace = "default";
  bool prune = true;
  std::chrono::milliseconds timeout{600'000};
  std::function<bool()> cancelled = [] { return false; };
};

/// What one revision would do, and what stands against it.
struct Judged {
  /// Why there is no plan; if there are any, `plan` says nothing.
  std::vector<Error> errors;
  PlanInput input;
  Plan plan;

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
  /// what is ours. REQUIRES judged.MayGoAhead().
  RunReport Act(const Judged& judged, ApplyObserver& observer);

  /// Removes the secret values of `judged` from a foreign text.
  static std::function<std::string(const std::string&)> MaskOf(const Judged& judged);

 private:
  Judged JudgeOnce(const Revision& revision, const Snapshot* watched);

  Cluster& cluster_;
  const Clock& clock_;
  ServerSchema& schema_;
  KeyedHash hash_;
  ReconcilerOptions options_;
  InventoryStore store_;
  ApprovalStore approvals_;
};

}  // namespace holdfast
