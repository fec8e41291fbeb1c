// The contract, held by the cluster in memory.

#include "tests/memory-cluster/contract.h"

#include <doctest/doctest.h>

#include "tests/memory-cluster/memory_bed.h"

namespace holdfast::memory {
namespace {

/// The controllers work in another order with each of them.
constexpr std::uint64_t kSeeds[] = {1, 2, 3};

TEST_CASE("the cluster in memory keeps the contract") {
  for (const Row& row : Contract()) {
    for (const std::uint64_t seed : kSeeds) {
      MemoryBed bed(seed);
      Play play(bed, "contract-" + std::string(row.name));
      row.play(play);
      for (const std::string& wrong : play.wrong()) {
        FAIL_CHECK(std::string(row.name) << ": " << std::string(row.sentence) << ": "
                                         << wrong << " (seed " << seed << ")");
      }
    }
  }
}

// A real one says so of what was before it was started last
// (tests/scenarios/cases/outage.py), which no row may do to a control plane that others
// work on.
TEST_CASE("a watch from too long ago says so") {
  MemoryBed bed(1);
  bed.server().Compact();
  const WatchId watch =
      bed.cluster().Watch({{"", "v1", "ConfigMap"}, "default", ""}, "1");
  const auto events = bed.cluster().WaitForEvents(std::chrono::milliseconds(1));
  REQUIRE(events.size() == 1);
  CHECK(events[0].watch == watch);
  CHECK(events[0].kind == WatchEvent::Kind::kExpired);
}

}  // namespace
}  // namespace holdfast::memory
