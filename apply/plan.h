// Plan: what one revision would do, in order, and what the guard says of it.
//
// A value that a test can read. `diff` and `plan` print it, `sync` carries out
// exactly it.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "apply/approval_book.h"
#include "apply/inventory.h"
#include "apply/journal_entry.h"
#include "apply/references.h"
#include "apply/rejection.h"
#include "diff/change.h"
#include "diff/field_path.h"
#include "diff/manifest.h"
#include "diff/secret_field.h"
#include "diff/snapshot.h"

namespace holdfast {

/// Before it is applied, the object's fields become ours (diff/adoption.h).
struct Adoption {
  std::vector<FieldPath> kept;  ///< But for these, which the server filled in.
};

/// What applying one manifest would do, as far as is known before the first write.
struct Prediction {
  enum class Rung {
    kLocal,     ///< The local comparison was sure: it changes nothing.
    kDryRun,    ///< The server's answer to a dry run.
    kDeferred,  ///< Cannot be asked yet: its namespace or kind comes with this plan.
    kUnasked,   ///< The local comparison, where there is nobody to ask: no server.
  };
  Rung rung = Rung::kDeferred;
  bool exists = false;              ///< Live now.
  bool bookkeeping = false;         ///< Our labels or field ownership would change.
  std::vector<FieldChange> fields;  ///< Masked where secret.
  std::vector<std::string> effects;
  /// As it would be: the server's answer where rung is kDryRun; where it is kUnasked the
  /// live object with `fields` carried out.
  std::optional<Object> result;
  /// The dry run's no; where rung is kUnasked, the one that is certain to come.
  std::optional<Rejection> rejection;
  /// What to send instead of the manifest: the same by meaning, with fields that another
  /// manager holds too spelled as they are live, so that nobody has to be overruled.
  std::optional<Object> spelled;
  std::optional<Adoption> adoption;
  std::string unsure;  ///< Why the local comparison could not tell, or not everything.
};

/// How many deletions go without asking (H-H1).
struct DeleteLimits {
  int objects = 10;
  int percent = 30;  ///< Of an inventory of ten or more.
};

struct PlanInput {
  std::string sync = "default";
  /// What kPartOfLabel says of an object of this sync; an object with any other is another
  /// sync's.
  std::string apply_set;
  std::string revision;
  std::string ref;
  /// As the inventory would record it; another one than the inventory's is another
  /// inventory (H-H7). Not compared where empty: a folder on disk may be anywhere.
  std::string repo;
  std::string path;
  std::vector<Manifest> desired;  ///< Namespaces filled in.
  Snapshot live;
  std::string live_file;  ///< What `live` was read from; empty: from the cluster.
  Inventory inventory;
  /// Objects that stand in files of the revision which the layout leaves out, as written
  /// there: one of them that was ours was not removed, its file was (H-H5).
  std::map<ObjectRef, Source> left_out;
  /// Of each desired Job, what InventoryEntry::finished would be once it has ended well.
  std::map<ObjectRef, std::string> job_hashes;
  std::map<ObjectRef, Prediction> predictions;        ///< One for each of `desired`.
  std::multimap<ObjectRef, Finding> object_findings;  ///< Of lint.
  std::vector<Finding> revision_findings;
  SecretFields secret_fields;  ///< Fields of custom kinds that are masked like Secrets.
  std::vector<Manifest> approvals;  ///< The files below approvals/.
  UsedApprovals used_approvals;     ///< As the cluster remembers them.
  JournalEntries journal;           ///< Acts that earlier runs began and did not end.
  /// When each file of them was committed as it is, by path, seconds since the epoch. Not
  /// looked at where `revision` is empty, for a folder on disk.
  std::map<std::string, long long> approval_times;
  /// Whether `revision` follows these commits or is one of them: asked of what is in force
  /// and of what approvals name. One that is missing could not be told.
  std::map<std::string, bool> follows;
  /// Who signed the files of `approvals`; nothing where signatures are not asked for.
  std::optional<ApprovalSigners> approval_signers;
  /// Our own clock, seconds since the epoch: where it differs from the server's by more
  /// than a minute, no approval holds (H-I6). 0 is not compared.
  long long local_time = 0;
  bool prune = true;
  /// Not all that the revision wants (apply/rest.h): by it the revision does not come into
  /// force.
  bool partial = false;
  std::string inventory_namespace = "holdfast-system";
  DeleteLimits limits;
};

/// One act on one object.
struct Step {
  std::size_t change = 0;  ///< Index into ChangeSet::changes.
  ObjectRef ref;
  int phase = 0;  ///< order.md 3.2, A1 = 1 ... A15 = 15; deletions: 100 + D.
  int wave = 0;   ///< Counted from 1.
  /// Indices of the steps whose gate must be open before this one is sent: the edges
  /// among steps. Each leads to a lower wave, so going wave by wave is right too. Of the
  /// steps that may be sent those of the lowest phase go first.
  std::vector<std::size_t> needs;
  std::string why;  ///< Why it is in its wave, for `plan`.
};

struct Plan {
  ChangeSet set;
  /// Applies first, then deletions; sorted by wave, within it by ref. Unchanged
  /// objects are steps as well: their gates are looked at, nothing is sent.
  std::vector<Step> steps;
  std::vector<Edge> edges;  ///< For `graph`.
  /// Those that have lifted a finding: to be recorded as used before the first act.
  std::vector<Approval> approvals;
};

/// Pure: equal input, equal plan. Anything that the guard stops is in the
/// findings; a caller acts only if !Stops(plan.set.verdict()).
///
/// What it wants to know besides the objects of `desired` and of the inventory is said by
/// FactsNeeded (apply/facts.h). An object of either that is in input.live neither as
/// an object nor as a gap counts as absent. An inventory object that is gone already
/// has no Change; one that is left alone is a kKeep with a note, without a step.
///
/// Hard edges in a cycle are a finding H-G5 (gates that wait for one another) on the
/// revision, and there are no steps then. A hard reference to what is neither desired nor
/// live holds its object; the finding's hazard is the one of removing such an object
/// (H-F2 for a Secret, ConfigMap or anything without a rule of its own).
Plan MakePlan(const PlanInput& input);

}  // namespace holdfast
