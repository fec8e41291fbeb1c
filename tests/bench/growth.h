// Growth: the same work at several sizes, and how its cost grows with the size.

#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "tests/bench/heap.h"

namespace holdfast {

struct Cost {
  std::size_t size = 0;  ///< Objects.
  double seconds = 0;    ///< Of processor time; the best of some runs.
  HeapUse heap;
};

/// What `work` takes: the least time of `runs`, the heap of the last.
Cost CostOf(std::size_t size, int runs, const std::function<void()>& work);

/// Prints a line for each size, and the exponents from the first size to the last: 1.0
/// is linear, 2.0 is quadratic. Allocations are the same in each run; seconds are not.
void PrintGrowth(const std::string& title, const std::vector<Cost>& costs);

}  // namespace holdfast
