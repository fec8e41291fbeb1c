// ApprovalBook: which of the Approvals in Git hold, and for what.
//
// Bound to the cluster, to the uid of each object, to a time and to a single use
// (safety.md 2.4). What does not hold is no approval, and the book says why.

#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "apply/approval.h"
#include "diff/change.h"
#include "diff/snapshot.h"

namespace holdfast {

/// An approval that a run has rested on, as the cluster remembers it.
struct UsedApproval {
  std::string id;  ///< Approval::id.
  std::string name;
  std::string revision;  ///< The run's; empty for a folder on disk.
  long long expires = 0;
  bool done = false;  ///< False while that run may still have to be finished.

  bool operator==(const UsedApproval&) const = default;
};

/// By id.
using UsedApprovals = std::map<std::string, UsedApproval>;

/// Who stands behind a file of approvals/ by a signature, or why nobody does, as a clause.
struct ApprovalSigner {
  std::string who;
  std::string why_not;
};

/// By path of the file.
using ApprovalSigners = std::map<std::string, ApprovalSigner>;

/// What the book is made of; views, which must outlive it.
struct ApprovalFacts {
  const std::vector<Manifest>& approvals;
  const UsedApprovals& used;
  const Snapshot& live;
  const std::string& revision;
  const std::map<std::string, long long>& times;  ///< PlanInput::approval_times.
  const std::map<std::string, bool>& follows;     ///< PlanInput::follows.
  long long local_time = 0;  ///< Our own clock; 0 where it is not to be compared.
  const ApprovalSigners* signers = nullptr;  ///< Null where signatures are not asked for.
};

class ApprovalBook {
 public:
  explicit ApprovalBook(const ApprovalFacts& facts);

  struct Answer {
    const Approval* given = nullptr;
    /// Where there is none: what is wrong with those that mean this object, as clauses
    /// that begin with the file; empty if there is none at all.
    std::string why_not;
  };

  /// Tells which claims go with the plan and need an approval: one Approval names them
  /// all (row 26). To be called once, before ForDetach.
  void NoteGoing(const std::set<ObjectRef>& going);

  /// Whether `claim`, one of those, may go while its volume stays.
  Answer ForDetach(const Object& claim) const;

  /// Whether these claims may be left behind by a StatefulSet that gets smaller.
  Answer ForScaleDown(const std::vector<const Object*>& leaving) const;

  /// Whether this pod may be deleted so that a rollout goes on.
  Answer ForRestart(const Object& pod) const;

  /// Whether the finding `hazard` about an object is accepted; `live` is null for an
  /// object that is not there yet.
  Answer ForHazard(const std::string& hazard, const ObjectRef& ref,
                   const Object* live) const;

  /// Whether history may be rewound to `revision` (H-H2): an approval names a commit that
  /// the revision follows, since no commit can name itself.
  Answer ForRewind() const;

  /// Whether a plan may delete `deletions` objects (H-H1).
  Answer ForMass(long long deletions) const;

  /// The files that are no approval at all, or none at this time: where they stand, and a
  /// sentence each.
  struct Rejected {
    Source source;
    std::string hazard;
    std::string why;
    bool used = false;  ///< It has done its work, and its file may go.
  };
  const std::vector<Rejected>& rejected() const { return rejected_; }
  /// Those that hold, in the order of the files.
  std::vector<const Approval*> valid() const;

 private:
  struct Entry {
    Approval approval;
    std::string unfit;  ///< Why it does not hold now; empty if it does.
    std::string other_batch{};  ///< Why it is not for just the claims that go.
    std::map<std::tuple<std::string, std::string, std::string>, std::size_t>
        targets{};  ///< By kind, namespace and name.

    const ApprovalTarget* For(const ObjectRef& ref) const;
  };
  std::string OtherBatch(const Entry& entry, const std::set<ObjectRef>& going) const;
  std::string Unfit(const Approval& approval, bool& used) const;
  /// Why nobody has signed it who counts; empty if somebody has.
  std::string Unsigned(Approval& approval) const;
  /// Why `claim` is not the one that `target` means; empty if it is.
  std::string OtherClaim(const ApprovalTarget& target, const Object& claim) const;

  ApprovalFacts facts_;
  std::vector<Entry> entries_;
  std::vector<Rejected> rejected_;
};

/// The hazard that an approval is about, for findings about the approval itself.
std::string HazardOf(const Approval& approval);

/// Turns each finding of `findings` whose ruling is "approval" into a note where the book
/// has an `accept` for it, and says of the others why not. `ref` is what they are about.
void LiftAccepted(const ApprovalBook& book, const ObjectRef& ref, const Object* live,
                  std::vector<Finding>& findings);

/// The finding, lifted.
Finding Lifted(Finding finding, const Approval& by);

}  // namespace holdfast
