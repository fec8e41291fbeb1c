// History: what people, programs and accidents do to a repository and its cluster, step
// by step; drawn from a seed, kept as text, made shorter where it fails.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "diff/result.h"
#include "tests/memory-cluster/random.h"

namespace holdfast::histories {

using memory::Random;

/// What it means is looked up by name in the world that plays it (world.h); its numbers
/// choose among what is there then, so it means something after any other steps.
struct Step {
  std::string what;
  std::uint32_t a = 0;
  std::uint32_t b = 0;

  bool operator==(const Step&) const = default;
};

struct History {
  /// Rules of the guard that are off (apply/hazard.h), and without which data are lost.
  std::vector<std::string> without{};
  int base = 0;            ///< Of Repository.
  std::uint64_t seed = 0;  ///< Of the order in which controllers work.
  std::vector<Step> steps;

  /// "without ForbidOwnerDeletion", "base 1", "seed 77", then a step a line; lines with #
  /// are for people.
  std::string ToText() const;
  static Result<History> Parse(const std::string& text);
};

/// `length` steps, the same for the same `random`.
History Draw(Random& random, std::size_t length);

/// Why it fails, or nothing.
using Judgement = std::function<std::optional<std::string>(const History&)>;

/// A part of `history` that fails too, from which no step can be left out any more.
History Shrink(History history, const Judgement& fails);

}  // namespace holdfast::histories
