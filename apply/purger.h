// Purger: lets a quarantined volume go, and the data on it.
//
// What destroys is the reclaim policy: as soon as a Released volume says Delete, the
// provisioner that made it destroys the storage behind it and then removes the object.
// Deleting the object destroys nothing, whatever its policy: under Retain the object goes
// and the storage stays, unknown to everybody, and under Delete the same happens where
// the provisioner is away. (Both were seen on a real API server.) So the change of the
// policy is the act that takes a Permit, and the object is left to the provisioner.
//
// A run that is killed leaves either a volume in quarantine or one that says Delete and
// by which approval; the next run asks again, or waits for its end.

#pragma once

#include "apply/approval.h"
#include "apply/cluster.h"
#include "apply/permit.h"
#include "diff/result.h"

namespace holdfast {

class Purger {
 public:
  /// `cluster` outlives it.
  explicit Purger(Cluster& cluster) : cluster_(cluster) {}

  /// Gives `volume` up to its provisioner. `permit` is the guard's for just this object
  /// as it was read; the server refuses any other state of it (kConflict). kDryRun asks
  /// the server and changes nothing. Does not wait until it is gone.
  Status GiveUp(Permit permit, const Object& volume, const Approval& by, WriteMode mode);

 private:
  Cluster& cluster_;
};

}  // namespace holdfast
