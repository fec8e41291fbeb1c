// Change: what becomes of one object, field by field; ChangeSet: of all.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diff/json.h"
#include "diff/manifest.h"
#include "diff/object_ref.h"

namespace holdfast {

enum class Action {
  kNone,      ///< Live is what Git wants.
  kCreate,    ///< Not there yet.
  kUpdate,    ///< There, and fields change.
  kRecreate,  ///< Deleted and created; never implied, always an act of its own.
  kDelete,    ///< In the inventory, gone from Git.
  kDetach,    ///< A claim goes, its volume stays.
  kAdopt,     ///< There and as wanted, but not yet ours.
  kKeep,      ///< Gone from Git and left alone on purpose.
};

/// The word of cli.md: "create", "none", ...
std::string_view ToString(Action action);

/// What the guard says of a finding; ordered: the worst is the greatest.
enum class Ruling { kOk, kNote, kWarn, kApproval, kRefuse, kHold };

/// "ok", "note", "warn", "approval", "refuse", "hold".
std::string_view ToString(Ruling ruling);

/// True if nothing of the revision may be written while this stands.
inline bool Stops(Ruling ruling) { return ruling >= Ruling::kApproval; }

/// Whether a person's Approval can lift a finding (safety.md 2.6).
struct ApprovalMark {
  std::string action;  ///< "detach", "accept", ...; empty where no approval helps.
  std::string given;  ///< Where the Approval stands that lifts it: "approvals/wp.yaml:1".

  bool operator==(const ApprovalMark&) const = default;
};

/// One remark of the guard or of lint about an object or the whole revision.
/// A finding nobody filled in refuses.
struct Finding {
  std::string hazard;  ///< Id of the hazard: "H-A1".
  Ruling ruling = Ruling::kRefuse;
  std::string reason;  ///< One sentence for a database administrator.
  std::string remedy;  ///< What to do next; never empty where ruling stops.
  ApprovalMark approval{};

  bool operator==(const Finding&) const = default;
};

/// One leaf of an object that changes. Values are masked already where they
/// are secret: {"hash": "..."} stands for them.
struct FieldChange {
  std::string path;  ///< `spec.template.spec.containers[name="mysql"].image`
  std::optional<Json> before;  ///< Empty where the field is not there.
  std::optional<Json> after;
  std::string manager;  ///< Who loses it, if that is not us; else empty.

  bool operator==(const FieldChange&) const = default;
};

struct Change {
  Action action = Action::kNone;
  ObjectRef ref;
  std::string api_version;
  std::optional<Source> source;  ///< Empty for an object that Git no longer has.
  int wave = 0;                  ///< Counted from 1; 0 where it has no part in the order.
  std::vector<FieldChange> fields;
  std::vector<std::string> effects;
  std::vector<Finding> findings;
  /// What could not be found out about it, as a clause; empty where all is known. Only
  /// where nobody could be asked: the live objects are of a file.
  std::string unsure;

  /// The worst ruling among `findings`.
  Ruling worst() const;
};

/// What becomes of the data of one claim.
enum class VolumeFate { kKept, kCreated, kGrown, kDetached, kRefused, kDestroyed };
std::string_view ToString(VolumeFate fate);

struct VolumeReport {
  std::string claim;           ///< "default/mysql-pv-claim"
  std::string uid;             ///< Of the claim; empty if not there yet.
  std::string volume;          ///< Name of the PersistentVolume; empty if unbound.
  std::string reclaim_policy;  ///< Of the PersistentVolume; empty if unknown.
  std::string capacity;
  VolumeFate fate = VolumeFate::kRefused;
  std::string reason;
};

/// The document of `diff` and `plan` (cli.md).
struct ChangeSet {
  std::string sync;
  std::string revision;  ///< Commit, or empty for a folder on disk.
  std::string ref;       ///< Branch or tag as given, for people.
  std::string cluster;   ///< uid of namespace kube-system.
  std::string live_file; ///< Where the live objects are from; empty: from the cluster.
  std::vector<Change> changes;     ///< In plan order, kNone included.
  std::vector<Finding> findings;   ///< About the revision as a whole.
  std::vector<VolumeReport> volumes;

  /// The worst ruling of all.
  Ruling verdict() const;
  /// True if anything but kNone is in it; an adopt counts, since it writes, and so
  /// does what is unsure: nobody may take it for being in sync.
  bool changes_anything() const;
};

}  // namespace holdfast
