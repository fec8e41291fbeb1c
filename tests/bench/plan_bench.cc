// How long MakePlan thinks about a revision, and what it takes in memory.

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "apply/facts.h"
#include "tests/bench/growth.h"
#include "tests/bench/plan_inputs.h"

namespace holdfast {
namespace {

constexpr std::pair<Revised, const char*> kRevisions[] = {
    {Revised::kNothing, "nothing changes"},
    {Revised::kCreate, "everything is new"},
    {Revised::kUpdate, "everything changes"},
    {Revised::kRemove, "a third of the databases goes"},
};

Cost CostOfPlanning(std::size_t count, Revised revised, int runs) {
  const PlanInput input = ManyDatabases(count, revised);
  return CostOf(count, runs, [&] {
    const Facts facts = FactsNeeded(input);
    const Plan plan = MakePlan(input);
    if (plan.set.changes.size() < count) std::exit(1);
  });
}

}  // namespace
}  // namespace holdfast

int main(int argc, char** argv) {
  using namespace holdfast;
  if (argc > 1) {  // One size, once, for a profiler: plan_bench 3000 [0..3]
    const std::size_t count = std::strtoul(argv[1], nullptr, 10);
    const std::size_t which = argc > 2 ? std::strtoul(argv[2], nullptr, 10) % 4 : 0;
    CostOfPlanning(count, kRevisions[which].first, 1);
    return 0;
  }
  for (const auto& [revised, what] : kRevisions) {
    std::vector<Cost> costs;
    for (const std::size_t count : {1000U, 3000U, 10000U, 30000U}) {
      costs.push_back(CostOfPlanning(count, revised, count < 30000 ? 3 : 1));
    }
    PrintGrowth(std::string("plan, two of ten objects are claims: ") + what, costs);
  }
}
