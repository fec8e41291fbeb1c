// VolumeCopy: does a snapshot hold what is on a volume?
//
// S(p) of safety.md 2.1. A VolumeSnapshot names its claim only by name, so an old claim's
// snapshot would count for a new one of that name; what it was really cut from is told by
// its VolumeSnapshotContent: driver and volume handle. Volumes that are not behind a CSI
// driver (local-path, hostPath, NFS) have no snapshots at all.

#pragma once

#include <string>
#include <vector>

#include "apply/outlook.h"
#include "diff/object.h"

namespace holdfast {

/// A snapshot may be so much older than the moment from which on nothing was written, or
/// than now, in seconds: a day.
inline constexpr long long kOldestCopy = 86400;

struct CopyQuestion {
  const Object& volume;  ///< Its claimRef names the claim.
  /// Until when the volume may have been written to, by the server's clock: now for one
  /// that is bound, else when it was detached.
  long long until = 0;
  /// Since when nobody has used it, as far as somebody watched; 0: not known, and then a
  /// snapshot counts as taken while in use.
  long long quiet_since = 0;
  std::string engine;  ///< Engine::name of whoever used it; empty: not known.
};

struct VolumeCopy {
  const Object* snapshot = nullptr;  ///< Null if none holds a copy.
  std::string taken;                 ///< When, RFC 3339.
  /// Taken while in use: it holds what a crash would have left. Counts for the engines
  /// that recover from one by themselves (InnoDB), and for Cassandra together with
  /// snapshots of all members within ten minutes.
  bool in_use = false;
  std::string why_not;  ///< Where there is none: why, as a clause.
  std::string unknown;  ///< What could not be read, as a clause; then all else is empty.
};

VolumeCopy FindCopy(const CopyQuestion& question, const Outlook& outlook);

/// The question about a claim that is bound to `volume`.
CopyQuestion CopyOf(const Object& claim, const Object& volume, const Outlook& outlook);
/// The question about a quarantined volume, answered by what was recorded on it.
CopyQuestion CopyOfDetached(const Object& volume);

/// The engine that mounts the claim, of the live workloads and pods; empty if none is
/// known or they are several. PVC condition `Unused` since when; 0 without one.
std::string EngineUsing(const Object& claim, const Snapshot& live);
long long UnusedSince(const Object& claim);

/// What must be listed for it: the snapshots of the claim's namespace.
std::vector<Snapshot::Listed> ListsForCopy(const std::string& name_space);

}  // namespace holdfast
