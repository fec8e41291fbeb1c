// Bed: a cluster to try things on, in memory or real.
//
// What Holdfast does goes through cluster(); what people do with kubectl, and what
// became of the data, is asked of the bed. One source of tests serves both kinds.

#pragma once

#include <functional>
#include <vector>

#include "apply/cluster.h"
#include "tests/memory-cluster/server.h"

namespace holdfast::memory {

class Bed {
 public:
  virtual ~Bed() = default;

  /// As Holdfast sees it.
  virtual Cluster& cluster() = 0;

  // By hand.

  virtual ApplyAnswer Create(const Object& object) = 0;
  /// A merge patch by field manager kubectl-edit.
  virtual ApplyAnswer Edit(const ObjectKey& key, const Json& changes) = 0;
  virtual Status Delete(const ObjectKey& key, Propagation propagation) = 0;

  /// Every volume whose data are no more.
  virtual std::vector<Destroyed> destroyed() = 0;

  /// Lets the controllers work until `holds` is true; false if it never becomes so.
  virtual bool Await(const std::function<bool()>& holds) = 0;
  /// Lets them work until nothing changes any more.
  virtual void Settle() = 0;
};

}  // namespace holdfast::memory
