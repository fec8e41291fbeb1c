// Recreator: makes a StatefulSet anew around its running pods, with larger volumes.
//
// The choreography of safety.md 1.D-resize, journalled, in steps that may each be the last
// of a run that is killed:
//
//   1. judged again from fresh reads; noted in the journal, with the set as it was, its
//      pods' uids and restarts, and the set as it is to be;
//   2. each claim of a member grows, highest ordinal first, the next when the one before
//      has its new capacity;
//   3. the server tries the new set under another name, and must leave it as it is but for
//      the claim templates; noted as "recreating";
//   4. the set is deleted with the guard's Permit, its pods stay (propagation Orphan);
//   5. it is made, from the journal and not from Git, with the same pod template: its
//      controller finds pods and their revisions by the selector and takes them over. Who
//      holds which field is put back, so that the next apply sees what the last one left;
//   6. when every pod has the new set as its owner, unrestarted, it is noted as "made", with
//      the uid of the new set. Whoever has put this uid into the inventory in place of the
//      old one closes the entry: until then a commit that drops the set must find it.
//
// Until step 3 the set is untouched: a run that finds the entry closes it, and the plan
// decides anew. From "recreating" on, whoever finds it finishes it, whatever Git says by
// then, also if Git was reverted or is refused: all claims have grown by then, so the set
// that is made tells the truth, and pods without a controller are what endangers a
// database. Then a commit that asks for the old size is refused, as a shrink.

#pragma once

#include "apply/applier.h"
#include "apply/cluster.h"
#include "apply/journal.h"
#include "apply/plan.h"

namespace holdfast {

class Recreator {
 public:
  /// All outlive it.
  Recreator(Cluster& cluster, const Clock& clock, Journal& journal,
            const ApplierOptions& options);

  /// All steps for `manifest`; the set as it is afterwards. `say` is told what is waited
  /// for. kConflict: judged again and refused, or the server would make something else of
  /// it; kTimeout: what was waited for did not come. The entry
  /// stays, in the good case in its last step: it is for the caller to close.
  Result<Object> Recreate(const Manifest& manifest, const PlanInput& input,
                          const std::function<void(const std::string&)>& say);

  /// True once anything was written but bookkeeping.
  bool wrote() const { return wrote_; }

  /// What is left to do of `entry`, an entry of kRecreateAct: nothing, or steps 5 and 6.
  /// The uid of the set that has taken over, or "" if the old one is as it was or somebody
  /// else's is there. It is for the caller to close.
  Result<std::string> Finish(const JournalEntry& entry,
                             const std::function<void(const std::string&)>& say);

 private:
  using Say = std::function<void(const std::string&)>;

  PlanInput ReadAgain(const Manifest& manifest, const PlanInput& input);
  Result<JournalEntry> Begin(const Manifest& manifest, const PlanInput& facts);
  Status GrowClaims(const Manifest& manifest, const PlanInput& facts, const Say& say);
  Status AwaitGrowth(const Object& claim, const Say& say);
  Status TryDry(const JournalEntry& entry, const Object& live);
  Result<Object> MakeAndAdopt(JournalEntry entry, const Say& say);
  /// The set of this identity as soon as the one of the entry is gone; nothing if there is
  /// none then.
  Result<std::optional<Object>> AwaitDeletion(const JournalEntry& entry, const Say& say);
  Result<Object> Make(const JournalEntry& entry);
  Status PutBackOwnership(const JournalEntry& entry, const Object& made);
  Result<Object> AwaitAdoption(const JournalEntry& entry, const Object& made, const Say& say);

  Cluster& cluster_;
  const Clock& clock_;
  Journal& journal_;
  const ApplierOptions& options_;
  bool wrote_ = false;
};

}  // namespace holdfast
