// The contract, held by the cluster in memory.

#include <doctest/doctest.h>

#include "tests/memory-cluster/contract.h"
#include "tests/memory-cluster/memory_bed.h"

namespace holdfast::memory {
namespace {

/// The controllers work in another order with each of them.
constexpr std::uint64_t kSeeds[] = {1, 2, 3};

TEST_CASE("the cluster in memory keeps the contract") {
  for (const Row& row : Contract()) {
    for (const std::uint64_t seed : kSeeds) {
      MemoryBed bed(seed);
      bed.server().Compact();
      Play play(bed, "contract-" + std::string(row.name));
      row.play(play);
      for (const std::string& wrong : play.wrong()) {
        FAIL_CHECK(std::string(row.name) << ": " << std::string(row.sentence) << ": " << wrong
                                         << " (seed " << seed << ")");
      }
    }
  }
}

}  // namespace
}  // namespace holdfast::memory
