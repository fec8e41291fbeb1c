// Journal: the acts that have begun and not ended, kept in the cluster (JournalEntry).
//
// A ConfigMap `holdfast-journal-<sync>` beside the inventory, a key for each entry. It
// stays when the last entry is closed, empty.
//
// How an act uses it, and what each step buys:
//
//   1. Open() before the first write. If it fails nothing has begun; if its answer was
//      lost the entry may be there, so whoever finds one must be able to end an act of
//      which nothing has happened yet.
//   2. The writes of the act, each of which may be the last of a run that is killed. Where
//      the objects alone do not tell how far it came, Open() again with another `step`
//      before the write that it announces.
//   3. Close() when the last of them is seen to have come true.
//
// The next run loads the journal with all else that it wants to know (PlanInput::journal),
// and finishes or undoes each entry of its acts from what is live by then, by the same
// preconditions as any other deletion. What an entry says is what has been begun, never a
// right to do something: the Permit and the approvals are asked for as ever.
//
// Written with the resourceVersion that it was read at: of two runs at once one fails.

#pragma once

#include <optional>
#include <string>

#include "apply/cluster.h"
#include "apply/inventory_store.h"
#include "apply/journal_entry.h"

namespace holdfast {

class Journal {
 public:
  /// `cluster` outlives the journal; `by` is who we are, for people.
  Journal(Cluster& cluster, InventoryPlace place, std::string by);

  /// What is open now; nothing before the first entry ever. An Error if it cannot be read
  /// whole: then no act may begin, and nothing that Git does not have may go.
  Result<JournalEntries> Load();

  /// As last read or written.
  const JournalEntries& open() const { return open_; }

  /// Notes that `entry` begins, or with the key of one that is open, that it goes on;
  /// `by` and, for a new one, `since` are filled in. Nothing of the act may be done unless
  /// this is ok. REQUIRES Load() before, and that the inventory's namespace exists.
  /// kConflict if another run has written since.
  Status Open(JournalEntry entry);

  /// Notes that the act is over. ok() if it is not open. The same errors.
  Status Close(const JournalEntry& entry);

 private:
  std::string Name() const { return "holdfast-journal-" + place_.sync; }
  Status Save(JournalEntries next);

  Cluster& cluster_;
  InventoryPlace place_;
  std::string by_;
  std::optional<Object> stored_;  ///< As last read or written.
  JournalEntries open_;
};

}  // namespace holdfast
