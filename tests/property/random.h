// Random: numbers that a seed repeats, on every machine.

#pragma once

#include <cstddef>
#include <cstdint>

namespace holdfast::property {

/// SplitMix64 (Steele, Lea, Flood 2014): the distributions of the standard
/// library differ from one library to the next, and a seed must not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

  /// REQUIRES n > 0. From 0 up to n - 1.
  std::size_t Below(std::size_t n) { return static_cast<std::size_t>(Next() % n); }

  bool OneIn(std::size_t n) { return Below(n) == 0; }

  template <typename List>
  auto& Pick(List& list) {
    return list[Below(list.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace holdfast::property
