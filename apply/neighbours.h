// Neighbours: what a change means for the objects around the one that changes.
//
// A ConfigMap restarts nothing; who reads it, how, and when the new value gets
// there is written in the workloads. A Service sends nothing; whom it reaches is
// written in their labels.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apply/outlook.h"
#include "diff/change.h"

namespace holdfast {

class Surroundings;

/// Answers for the objects of one plan. What surrounds them is indexed at the first
/// question that needs it, so that many questions cost no more than one look at each
/// object.
class Neighbours {
 public:
  /// `outlook` outlives it.
  explicit Neighbours(const Outlook& outlook);
  ~Neighbours();

  /// Sentences for people about an object of the plan that exists and changes by
  /// `prediction`, to follow those of diff/effects.h: which workloads read a Secret or
  /// ConfigMap and how the new value reaches them; which mount a claim that grows; which
  /// a Service reaches from now on; which Services the pods of a workload leave or join.
  ///
  /// By the objects of the revision and those that were read beside it, which need not be
  /// all: nothing is listed for this. Each key, mount and label counts, so a workload
  /// that reads another key of a Secret is not named.
  std::vector<std::string> EffectsOn(const Manifest& manifest,
                                     const Prediction& prediction);

 private:
  const Outlook& outlook_;
  std::unique_ptr<Surroundings> index_;
};

}  // namespace holdfast
