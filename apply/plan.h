// Plan: what one revision would do, in order, and what the guard says of it.
//
// A value that a test can read. `diff` and `plan` print it, `sync` carries out
// exactly it.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "apply/inventory.h"
#include "apply/references.h"
#include "apply/rejection.h"
#include "diff/change.h"
#include "diff/manifest.h"
#include "diff/snapshot.h"

namespace holdfast {

/// What applying one manifest would do, as far as is known before the first write.
struct Prediction {
  enum class Rung {
    kLocal,     ///< The local comparison was sure: it changes nothing.
    kDryRun,    ///< The server's answer to a dry run.
    kDeferred,  ///< Cannot be asked yet: its namespace or kind comes with this plan.
  };
  Rung rung = Rung::kDeferred;
  bool exists = false;                 ///< Live now.
  bool bookkeeping = false;            ///< Our labels or field ownership would change.
  std::vector<FieldChange> fields;     ///< Masked where secret.
  std::vector<std::string> effects;
  std::optional<Object> result;        ///< As it would be; only where rung is kDryRun.
  std::optional<Rejection> rejection;  ///< The dry run's no.
  std::string unsure;                  ///< Why the local comparison could not tell.
};

struct PlanInput {
  std::string sync = "default";
  std::string revision;
  std::string ref;
  std::string repo;  ///< As given; compared with the inventory's (H-H7).
  std::string path;
  std::vector<Manifest> desired;  ///< Namespaces filled in.
  Snapshot live;
  Inventory inventory;
  std::map<ObjectRef, Prediction> predictions;  ///< One for each of `desired`.
  std::multimap<ObjectRef, Finding> object_findings;  ///< Of lint.
  std::vector<Finding> revision_findings;
  bool prune = true;
};

/// One act on one object.
struct Step {
  std::size_t change = 0;  ///< Index into ChangeSet::changes.
  ObjectRef ref;
  int phase = 0;  ///< order.md 3.2, A1 = 1 ... A15 = 15; deletions: 100 + D.
  int wave = 0;   ///< Counted from 1.
  /// Indices of the steps whose gate must be open before this one starts, in
  /// addition to all steps of a lower phase.
  std::vector<std::size_t> needs;
  std::string why;  ///< Why it is in its wave, for `plan`.
};

struct Plan {
  ChangeSet set;
  /// Applies first, then deletions; sorted by wave, within it by ref. Unchanged
  /// objects are steps as well: their gates are looked at, nothing is sent.
  std::vector<Step> steps;
  std::vector<Edge> edges;  ///< For `graph`.
};

/// Pure: equal input, equal plan. Anything that the guard stops is in the
/// findings; a caller acts only if !Stops(plan.set.verdict()).
Plan MakePlan(const PlanInput& input);

}  // namespace holdfast
