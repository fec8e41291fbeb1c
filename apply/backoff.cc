#include "apply/backoff.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <utility>

namespace holdfast {

RandomSource SystemRandom() {
  auto engine = std::make_shared<std::mt19937_64>(std::random_device{}());
  return [engine] { return std::uniform_real_distribution<double>(0.0, 1.0)(*engine); };
}

Backoff::Backoff(std::chrono::milliseconds first, std::chrono::milliseconds cap,
                 RandomSource random)
    : first_(first), cap_(cap), random_(std::move(random)) {}

std::chrono::milliseconds Backoff::Next() {
  constexpr int kMaxDoublings = 30;
  const double ceiling =
      std::min(static_cast<double>(cap_.count()),
               std::ldexp(static_cast<double>(first_.count()), failures_));
  failures_ = std::min(failures_ + 1, kMaxDoublings);
  const auto drawn = static_cast<std::chrono::milliseconds::rep>(random_() * ceiling);
  return std::chrono::milliseconds(std::max<std::chrono::milliseconds::rep>(1, drawn));
}

}  // namespace holdfast
