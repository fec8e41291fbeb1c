// TestClock: time that goes on only when a test says so.

#pragma once

#include <chrono>

#include "apply/clock.h"

namespace holdfast::memory {

class TestClock : public Clock {
 public:
  TimePoint Now() const override { return TimePoint() + since_start_; }
  long long SecondsSinceEpoch() const override {
    return kStart +
           std::chrono::duration_cast<std::chrono::seconds>(since_start_).count();
  }
  void Advance(std::chrono::milliseconds by) { since_start_ += by; }

 private:
  static constexpr long long kStart = 1'790'000'000;  ///< In September 2026.

  std::chrono::milliseconds since_start_{3'600'000};
};

}  // namespace holdfast::memory
