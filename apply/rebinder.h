// Rebinder: reserves a quarantined volume for the claim that it was detached from.

#pragma once

#include "apply/applier.h"
#include "apply/cluster.h"

namespace holdfast {

class Rebinder {
 public:
  /// All outlive it.
  Rebinder(Cluster& cluster, const Clock& clock, const ApplierOptions& options);

  /// Takes the uid of the old claim out of spec.claimRef of `volume`, which reserves it
  /// for whatever claim of that name comes next, and waits until Kubernetes calls it
  /// Available: only then has the controller that binds claims seen it, and a claim made
  /// before would be given an empty volume. The reclaim policy stays Retain. Safe to be
  /// killed: a volume that is reserved is one that the next run has nothing to do with.
  Status Reserve(const Object& volume);

 private:
  Cluster& cluster_;
  const Clock& clock_;
  const ApplierOptions& options_;
};

}  // namespace holdfast
