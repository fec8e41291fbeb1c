// Clock: the seam to time, so that a test can step it.

#pragma once

#include <chrono>

namespace holdfast {

class Clock {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  virtual ~Clock() = default;
  /// Monotonic; for deadlines, not for dates.
  virtual TimePoint Now() const = 0;
};

class SteadyClock : public Clock {
 public:
  TimePoint Now() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace holdfast
