// Backoff: how long to wait before asking again.

#pragma once

#include <chrono>
#include <functional>

namespace holdfast {

/// A number in [0, 1), another one at each call.
using RandomSource = std::function<double()>;

/// Seeded from the system.
RandomSource SystemRandom();

/// Waits that double up to a cap, each drawn from the whole range below it
/// ("full jitter"), so that many clients of one server that comes back do not
/// all return at the same moment.
class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds cap,
          RandomSource random);

  /// The next wait: after n failures between 1 ms and min(cap, first * 2^n).
  std::chrono::milliseconds Next();
  /// It worked: the next failure is the first again.
  void Reset() { failures_ = 0; }
  int failures() const { return failures_; }

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds cap_;
  RandomSource random_;
  int failures_ = 0;
};

}  // namespace holdfast
