// Controllers: what Kubernetes does by itself with the objects of a MemoryServer.
//
// A model of what makes and destroys data: workloads and their pods and claims, binding
// and provisioning, protection by finalizers, reclaim policies, retention policies,
// garbage collection, the end of a namespace and of a kind. Each controller does one
// write at a time and in any order with the others, so whatever order the real ones may
// work in is a run of this. tests/memory-cluster/contract holds it to them.

#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "tests/memory-cluster/random.h"
#include "tests/memory-cluster/server.h"

namespace holdfast::memory {

/// Does one thing, or nothing and says false.
using ControllerStep = std::function<bool(MemoryServer&)>;

struct Controller {
  std::set<std::string> reads;  ///< Kinds; empty: all of them.
  ControllerStep step;
  long long idle_at = -1;  ///< There was nothing to do at this version.
};

// control_storage.cc, control_workloads.cc, control_deletion.cc
void AddStorageControllers(std::vector<Controller>& controllers);
void AddWorkloadControllers(std::vector<Controller>& controllers);
void AddDeletionControllers(std::vector<Controller>& controllers);

class Controllers {
 public:
  Controllers();

  /// Lets one of them, drawn at random, do one thing; false if none has anything to do.
  bool Step(MemoryServer& server, Random& random);
  /// Until none has anything to do.
  void Settle(MemoryServer& server, Random& random);

 private:
  std::vector<Controller> controllers_;
};

}  // namespace holdfast::memory
