#include "diff/merged_order.h"

#include <cstddef>
#include <set>

namespace holdfast {

std::vector<PathStep> MergedOrder(const std::vector<PathStep>& live,
                                  const std::vector<PathStep>& desired) {
  const std::set<PathStep> in_live(live.begin(), live.end());
  const std::set<PathStep> in_desired(desired.begin(), desired.end());
  std::vector<PathStep> shared;
  for (const PathStep& step : desired) {
    if (in_live.contains(step)) shared.push_back(step);
  }
  std::set<PathStep> taken;
  std::vector<PathStep> merged;
  std::size_t next = 0;  // Of `shared`: the one that must come next.
  std::size_t l = 0;
  std::size_t d = 0;
  while (l < live.size() || d < desired.size()) {
    if (l < live.size() && d < desired.size()) {
      if (live[l] == desired[d]) {
        taken.insert(live[l]);
        merged.push_back(live[l++]);
        ++d;
        ++next;
        continue;
      }
      if (in_desired.contains(live[l]) && next < shared.size() &&
          shared[next] != live[l]) {
        ++l;  // Both have it, and it is not its turn.
        continue;
      }
    }
    if (l < live.size()) {
      if (!in_desired.contains(live[l])) {
        merged.push_back(live[l++]);
        continue;
      }
      if (taken.contains(live[l])) ++l;
    }
    if (d < desired.size()) {
      if (next < shared.size() && shared[next] == desired[d]) ++next;
      taken.insert(desired[d]);
      merged.push_back(desired[d++]);
    }
  }
  return merged;
}

}  // namespace holdfast
