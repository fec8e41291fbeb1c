// How fast the local comparison is, of objects that did not change.
//
// Answers of a real API server (tests/diff/fixtures), managedFields included, copied
// under names of their own: what a diff compares when nothing is to do.

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "diff/compare.h"
#include "diff/core_schema.h"
#include "tests/bench/growth.h"

namespace holdfast {
namespace {

const char* const kKinds[] = {"deployment", "statefulset", "service",
                              "persistentvolumeclaim", "configmap"};

struct Pair {
  Object desired;
  Object live;
};

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "compare_bench: %s\n", why.c_str());
  std::exit(1);
}

Json Read(const std::string& kind) {
  std::ifstream file(std::string(HOLDFAST_FIXTURES) + "/" + kind + ".json");
  std::stringstream text;
  text << file.rdbuf();
  auto json = ParseJson(text.str());
  if (!json.ok()) Fail(kind + ": " + json.error().message);
  return std::move(json).value();
}

Object Named(Json json, const std::string& name) {
  json["metadata"]["name"] = name;
  auto object = Object::Make(std::move(json));
  if (!object.ok()) Fail(object.error().message);
  return std::move(object).value();
}

/// `count` pairs, the given kinds in turn.
std::vector<Pair> Pairs(const std::vector<Json>& kinds, std::size_t count) {
  std::vector<Pair> pairs;
  pairs.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Json& both = kinds[i % kinds.size()];
    const std::string name = "o-" + std::to_string(i);
    pairs.push_back({Named(both["desired"], name), Named(both["live"], name)});
  }
  return pairs;
}

void CompareAll(const std::vector<Pair>& pairs, const Schema& schema) {
  for (const Pair& pair : pairs) {
    const Comparison comparison = Compare(pair.desired, pair.live, "holdfast", schema);
    if (comparison.answer != Answer::kSame) {
      Fail(pair.desired.ref().ToString() + " is not the same");
    }
  }
}

Cost CostOfComparing(const std::vector<Json>& kinds, std::size_t count, int runs) {
  const CoreSchema schema;
  const std::vector<Pair> pairs = Pairs(kinds, count);
  return CostOf(count, runs, [&] { CompareAll(pairs, schema); });
}

}  // namespace
}  // namespace holdfast

int main(int argc, char** argv) {
  using namespace holdfast;
  std::vector<Json> all;
  for (const char* kind : kKinds) all.push_back(Read(kind));
  if (argc > 1) {  // One size, once, for a profiler.
    CostOfComparing(all, std::strtoul(argv[1], nullptr, 10), 1);
    return 0;
  }
  std::vector<Cost> costs;
  for (const std::size_t count : {1000U, 3000U, 10000U}) {
    costs.push_back(CostOfComparing(all, count, 3));
  }
  PrintGrowth("compare, unchanged: five kinds in equal parts", costs);
  for (std::size_t i = 0; i < all.size(); ++i) {
    PrintGrowth(std::string("compare, unchanged: ") + kKinds[i],
                {CostOfComparing({all[i]}, 1000, 3)});
  }
}
