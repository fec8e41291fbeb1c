// Applier: carries out a plan.
//
// A step is sent when every step that it needs has an open gate (apply/health.h), so a
// database is Ready before its client is written; of those that may be sent the lowest
// phase goes first, so all Secrets are written before any workload. What does not need
// each other does not wait for each other. CustomResourceDefinitions and Namespaces come
// before all else, since only then the server can try the rest. A write that the server
// declines ends the run; a gate that does not open holds up what needs it and nothing
// else. Waiting is by watches: while nothing happens in the cluster, nothing is asked, and
// what happens to one object makes only those be looked at that it concerns. The template
// of a StatefulSet goes in pod by pod (apply/rollout.h). Deletions come last, when all is
// ready, each judged again from fresh reads.

#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "apply/clock.h"
#include "apply/cluster.h"
#include "apply/health.h"
#include "apply/journal.h"
#include "apply/outcome.h"
#include "apply/plan.h"

namespace holdfast {

/// Told what happens, in the order in which it happens. Every member may be
/// left as it is.
class ApplyObserver {
 public:
  virtual ~ApplyObserver() = default;
  virtual void OnWave(int /*wave*/, int /*of*/) {}
  virtual void OnSent(const ObjectRef& /*ref*/, Action /*action*/) {}
  /// The gate's sentence is new: "2 of 3 pods ready".
  virtual void OnWaiting(const ObjectRef& /*ref*/, const Health& /*health*/) {}
  virtual void OnReady(const ObjectRef& /*ref*/, const Health& /*health*/) {}
  virtual void OnDeleted(const ObjectRef& /*ref*/) {}
};

struct ApplierOptions {
  /// How long one object may take from being sent to an open gate, and one step of an act of
  /// several; empty: each kind has its own time (apply/gate_timeout.h).
  std::optional<std::chrono::milliseconds> timeout{};
  /// Of waits that are no gate: until a set has stopped, a claim is gone.
  std::chrono::milliseconds TimeoutOfStep() const {
    return timeout.value_or(std::chrono::minutes(10));
  }
  std::function<bool()> cancelled = [] { return false; };
  /// True once another revision is wanted than the one that is carried out. Asked only
  /// where the run may end: between two writes, while it waits.
  std::function<bool()> superseded = [] { return false; };
  /// Removes secret values from a foreign text before it is shown.
  std::function<std::string(const std::string&)> mask = [](const std::string& text) {
    return text;
  };
  /// Where what is known of a detached claim is kept.
  std::string evidence_namespace = "holdfast-system";
};

class Applier {
 public:
  /// All outlive the applier.
  Applier(Cluster& cluster, const Clock& clock, Journal& journal, ApplyObserver& observer,
          ApplierOptions options);

  /// Carries out `plan`, made from `input`.
  ///
  /// REQUIRES !Stops(plan.set.verdict()). Objects whose namespace or kind comes
  /// with this plan are dry-run as soon as it is there, before any of them is
  /// written. Never throws, never retries a step: whoever calls makes a new plan
  /// from what is live then.
  ///
  /// The journal was loaded together with `input`.
  ///
  /// `uids` receives the uid of each object that was written or found as wanted;
  /// a deleted object is erased from it.
  RunReport Run(const Plan& plan, const PlanInput& input,
                std::map<ObjectRef, std::string>& uids);

 private:
  Cluster& cluster_;
  const Clock& clock_;
  Journal& journal_;  ///< Of acts of several steps.
  ApplyObserver& observer_;
  ApplierOptions options_;
};

/// True for a kind that the applier may take a field over from another manager:
/// never for one that holds data (H-E7).
OnFieldConflict ConflictPolicy(const Object& object);

}  // namespace holdfast
