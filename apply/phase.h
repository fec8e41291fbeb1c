// Phase: when an object has its turn if no edge says more (order.md 3.2).

#pragma once

#include "diff/object.h"

namespace holdfast {

struct Phase {
  int number = 0;  ///< A1 = 1 ... A15 = 15; deletions: D0 = 100 ... D16 = 116.
  /// Order within the phase where the kinds alone tell: a headless Service comes before
  /// one with an address, an allowing NetworkPolicy before one that denies.
  int rank = 0;

  auto operator<=>(const Phase&) const = default;
};

inline constexpr int kDeletePhase = 100;

Phase ApplyPhase(const Object& object);
Phase DeletePhase(const Object& object);

}  // namespace holdfast
