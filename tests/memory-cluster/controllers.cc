#include "tests/memory-cluster/controllers.h"

namespace holdfast::memory {

Controllers::Controllers() {
  AddStorageControllers(controllers_);
  AddWorkloadControllers(controllers_);
  AddDeletionControllers(controllers_);
}

bool Controllers::Step(MemoryServer& server, Random& random) {
  const std::size_t first = random.Below(controllers_.size());
  for (std::size_t i = 0; i < controllers_.size(); ++i) {
    Controller& one = controllers_[(first + i) % controllers_.size()];
    if (server.version() <= one.idle_at) continue;
    const long long newest = server.VersionOf(one.reads);
    if (newest <= one.idle_at) {
      one.idle_at = server.version();
      continue;
    }
    if (one.step(server)) return true;
    // Nothing newer is one of its kinds.
    one.idle_at = server.version();
  }
  return false;
}

void Controllers::Settle(MemoryServer& server, Random& random) {
  // Controllers that undo each other's work would never end.
  constexpr int kMostSteps = 20'000;
  for (int i = 0; i < kMostSteps && Step(server, random); ++i) {
  }
}

}  // namespace holdfast::memory
