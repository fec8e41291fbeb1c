// Detacher: takes a claim off its volume so that the volume and its data stay.
//
// The execution protocol of safety.md 2.3, in steps that may each be the last of a run
// that is killed; the next run finds what is done and goes on:
//
//   1. what is known of claim and volume is kept as a ConfigMap, the evidence;
//   2. the volume gets reclaim policy Retain, and in the same write the label
//      holdfast.dev/quarantine, so that no moment is without either; read back;
//   3. the claim is deleted (apply/pruner.h, with the guard's Permit);
//   4. the volume is Released, and still Retain.

#pragma once

#include <string>

#include "apply/applier.h"
#include "apply/cluster.h"
#include "apply/plan.h"

namespace holdfast {

class Detacher {
 public:
  /// All outlive it.
  Detacher(Cluster& cluster, const Clock& clock, const ApplierOptions& options);

  /// Steps 1 and 2 for `claim`, as `facts` has it and its volume. Nothing to do for a
  /// claim without a volume but the evidence. kConflict where the server declines the
  /// change of the volume, or it does not last (row 18): then the claim must stay.
  Status Protect(const Object& claim, const PlanInput& facts);

  /// Step 4 for a claim that is gone: waits until its volume is Released, then reads it
  /// once more. An Error says what is not as it should be.
  Status Verify(const Object& claim);

 private:
  Status KeepEvidence(const Object& claim, const Object* volume, const PlanInput& facts);
  Status MakeRetain(const Object& volume, const Object& claim, const PlanInput& facts);
  Result<Object> ReadVolume(const std::string& name);

  Cluster& cluster_;
  const Clock& clock_;
  const ApplierOptions& options_;
};

}  // namespace holdfast
