#include "tests/bench/growth.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace holdfast {
namespace {

/// Of this process alone, so that a busy machine does not count.
double ProcessorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double Exponent(double small, double large, double size_ratio) {
  if (small <= 0 || large <= 0) return 0;
  return std::log(large / small) / std::log(size_ratio);
}

}  // namespace

Cost CostOf(std::size_t size, int runs, const std::function<void()>& work) {
  Cost cost{.size = size, .seconds = 0, .heap = {}};
  for (int run = 0; run < runs; ++run) {
    const HeapMeter meter;
    const double began = ProcessorSeconds();
    work();
    const double seconds = ProcessorSeconds() - began;
    cost.seconds = run == 0 ? seconds : std::min(cost.seconds, seconds);
    cost.heap = meter.Read();
  }
  return cost;
}

void PrintGrowth(const std::string& title, const std::vector<Cost>& costs) {
  constexpr double kMebi = 1024.0 * 1024.0;
  std::printf("%s\n%10s %10s %12s %14s %10s\n", title.c_str(), "objects", "ms",
              "objects/s", "allocs/object", "peak MiB");
  for (const Cost& cost : costs) {
    const auto size = static_cast<double>(cost.size);
    std::printf("%10zu %10.1f %12.0f %14.1f %10.1f\n", cost.size, cost.seconds * 1000,
                size / cost.seconds, static_cast<double>(cost.heap.allocations) / size,
                static_cast<double>(cost.heap.peak_bytes) / kMebi);
  }
  if (costs.size() < 2) return;
  const Cost& first = costs.front();
  const Cost& last = costs.back();
  const double ratio = static_cast<double>(last.size) / static_cast<double>(first.size);
  std::printf("    growth: time ^%.2f, allocations ^%.2f, memory ^%.2f\n\n",
              Exponent(first.seconds, last.seconds, ratio),
              Exponent(static_cast<double>(first.heap.allocations),
                       static_cast<double>(last.heap.allocations), ratio),
              Exponent(static_cast<double>(first.heap.peak_bytes),
                       static_cast<double>(last.heap.peak_bytes), ratio));
}

}  // namespace holdfast
