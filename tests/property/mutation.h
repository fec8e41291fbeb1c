// Mutation: one way in which a manifest may be written otherwise.
//
// Some change what it means, some only how it is spelled, some make it wrong:
// which of these it was, the API server is asked. Each is drawn from a seed of
// its own, so that a case can be shrunk by leaving mutations out.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "diff/json.h"
#include "tests/property/random.h"

namespace holdfast::property {

struct Surroundings {
  const Json& live;                 ///< The object as the server has it.
  const std::vector<Json>& others;  ///< Manifests of the same kind.
};

struct Mutation {
  const char* name;
  /// False if there is no place for it in `manifest`, which then is as it was.
  bool (*apply)(Random& random, const Surroundings& around, Json& manifest);
  int weight = 1;  ///< How often it is drawn, beside the others.
};

// One table for each file mutate_*.cc.
std::span<const Mutation> ScalarMutations();
std::span<const Mutation> SpellingMutations();
std::span<const Mutation> StructureMutations();
std::span<const Mutation> KindMutations();

/// All of them.
const std::vector<Mutation>& AllMutations();

/// One mutation as it was drawn.
struct Draw {
  std::size_t mutation = 0;  ///< Of AllMutations().
  std::uint64_t seed = 0;
};
Draw DrawOne(Random& random);

/// `manifest` after `draws`, one after the other; the names of those that found a place.
struct Mutated {
  Json manifest;
  std::vector<std::string> names;
};
Mutated Mutate(const Json& manifest, const Surroundings& around,
               const std::vector<Draw>& draws);

}  // namespace holdfast::property
