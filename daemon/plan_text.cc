#include "daemon/plan_text.h"

#include <map>
#include <vector>

namespace holdfast {
namespace {

std::string StepText(const Plan& plan, const Step& step) {
  const Change& change = plan.set.changes[step.change];
  std::string text = "    " + std::string(ToString(change.action));
  text.resize(std::max<std::size_t>(text.size() + 1, 13), ' ');
  text += step.ref.ToString() + "\n";
  if (!step.why.empty()) text += "                 " + step.why + "\n";
  return text;
}

}  // namespace

std::string WavesText(const Plan& plan, bool all) {
  std::map<int, std::vector<const Step*>> waves;
  for (const Step& step : plan.steps) waves[step.wave].push_back(&step);
  std::string text;
  for (const auto& [wave, steps] : waves) {
    std::string lines;
    std::size_t unchanged = 0;
    for (const Step* step : steps) {
      if (!all && plan.set.changes[step->change].action == Action::kNone) {
        ++unchanged;
      } else {
        lines += StepText(plan, *step);
      }
    }
    if (lines.empty()) continue;
    text += "  wave " + std::to_string(wave);
    if (unchanged > 0) text += " (and " + std::to_string(unchanged) + " unchanged)";
    text += "\n" + lines;
  }
  return text;
}

}  // namespace holdfast
