// Approval: what a person allows in Git, bound to one object of one cluster.
//
// A file below approvals/, never applied (safety.md 2.4 and 2.6). This is what it says;
// whether it holds for a plan is asked of apply/approval_book.h.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "diff/manifest.h"

namespace holdfast {

enum class ApprovalAction {
  kDetach,          ///< Claims go, their volumes stay.
  kDestroy,         ///< After a detach and the retention time the volumes go.
  kScaleDown,       ///< Members that the engine has let go of leave a StatefulSet.
  kResizeRecreate,  ///< A StatefulSet is made anew around its pods.
  kRestart,         ///< One pod is deleted so that it comes back.
  kRewind,          ///< History that was rewritten is followed.
  kAccept,          ///< Any other finding whose ruling is "approval".
};

/// "detach", "scale-down", ...
std::string_view ToString(ApprovalAction action);

struct ApprovalTarget {
  std::string kind;
  std::string name_space;
  std::string name;
  std::string uid;  ///< Of the live object; empty for one that does not exist yet.
  std::string volume;
  std::string volume_uid;

  /// True if it names this object; the uid is another question.
  bool Names(const ObjectRef& ref) const {
    return kind == ref.kind && name_space == ref.name_space && name == ref.name;
  }
};

/// A VolumeSnapshot that is said to hold a copy: looked at again, never trusted.
struct EvidenceSnapshot {
  std::string name;  ///< In the namespace of the claim that was its source.
  std::string uid;
};

struct Approval {
  std::string name;
  Source source;
  /// Its spec as canonical JSON: what makes it used once. A copy under another name is
  /// the same approval.
  std::string id;
  std::string cluster;  ///< uid of namespace kube-system.
  ApprovalAction action = ApprovalAction::kAccept;
  std::vector<ApprovalTarget> targets;
  std::vector<EvidenceSnapshot> snapshots;  ///< Of `detach` and `destroy`.
  std::string reason;
  std::string hazard;                  ///< Of `accept`.
  std::string to;                      ///< Of `rewind`: the commit.
  std::optional<long long> deletions;  ///< Of `accept` for H-H1.
  bool decommissioned = false;         ///< Of `scale-down`.
  bool no_copy = false;                ///< Of `destroy`.
  /// Who signed the commit that brought it; empty where signatures are not asked for. Two
  /// approvals of different signers are of two people.
  std::string signer;
  long long not_before = 0;            ///< Seconds since the epoch.
  long long expires = 0;
};

/// The longest time from notBefore to expires: seven days.
inline constexpr long long kLongestApproval = 7LL * 86400;
/// How far ahead of now `expires` may be: thirty days.
inline constexpr long long kFarthestApproval = 30LL * 86400;

/// The approval that `manifest` is, or why it is none: one clause that names the field.
/// Strict: an unknown field, a wildcard, a missing binding or one that the action has no
/// use for makes it none, since whoever wrote it meant something that would not happen.
std::variant<Approval, std::string> ParseApproval(const Manifest& manifest);

}  // namespace holdfast
