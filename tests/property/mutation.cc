#include "tests/property/mutation.h"

namespace holdfast::property {

const std::vector<Mutation>& AllMutations() {
  static const std::vector<Mutation> kAll = [] {
    std::vector<Mutation> all;
    for (const auto table : {ScalarMutations(), SpellingMutations(), StructureMutations(),
                             KindMutations()}) {
      all.insert(all.end(), table.begin(), table.end());
    }
    return all;
  }();
  return kAll;
}

Draw DrawOne(Random& random) {
  static const std::vector<std::size_t> kByWeight = [] {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < AllMutations().size(); ++i) {
      places.insert(places.end(), static_cast<std::size_t>(AllMutations()[i].weight), i);
    }
    return places;
  }();
  return {kByWeight[random.Below(kByWeight.size())], random.Next()};
}

Mutated Mutate(const Json& manifest, const Surroundings& around,
               const std::vector<Draw>& draws) {
  Mutated result{manifest, {}};
  for (const Draw& draw : draws) {
    const Mutation& mutation = AllMutations()[draw.mutation];
    Random random(draw.seed);
    Json next = result.manifest;
    if (!mutation.apply(random, around, next)) continue;
    result.manifest = std::move(next);
    result.names.emplace_back(mutation.name);
  }
  return result;
}

}  // namespace holdfast::property
