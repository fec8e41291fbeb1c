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
  /// The date, to be compared with the API server's; 0 where there is none.
  virtual long long SecondsSinceEpoch() const { return 0; }
};

class SteadyClock : public Clock {
 public:
  TimePoint Now() const override { return std::chrono::steady_clock::now(); }
  long long SecondsSinceEpoch() const override {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
};

}  // namespace holdfast
