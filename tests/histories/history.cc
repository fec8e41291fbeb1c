#include "tests/histories/history.h"

#include <sstream>

#include "tests/histories/repository.h"
#include "tests/histories/world.h"

namespace holdfast::histories {

std::string History::ToText() const {
  std::ostringstream text;
  for (const std::string& rule : without) text << "without " << rule << "\n";
  text << "base " << base << "\nseed " << seed << "\n";
  for (const Step& step : steps)
    text << step.what << " " << step.a << " " << step.b << "\n";
  return text.str();
}

Result<History> History::Parse(const std::string& text) {
  History history;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    Step step;
    words >> step.what;
    if (step.what == "without") {
      words >> history.without.emplace_back();
    } else if (step.what == "base") {
      words >> history.base;
    } else if (step.what == "seed") {
      words >> history.seed;
    } else {
      words >> step.a >> step.b;
      history.steps.push_back(step);
    }
    if (words.fail()) return Invalid("no step: " + line);
  }
  return history;
}

namespace {

Step Named(Random& random, const char* what) {
  return {what, static_cast<std::uint32_t>(random.Below(1000)),
          static_cast<std::uint32_t>(random.Below(1000))};
}

struct PlotStep {
  const char* what;
  int b = -1;  ///< -1: drawn.
};

/// What people do one after the other, each step to a purpose. Drawn alone these steps
/// would seldom meet in this order.
const std::vector<std::vector<PlotStep>>& Plots() {
  static const std::vector<std::vector<PlotStep>> kPlots = {
      // A workload is stopped, and taken out when its pods are gone.
      {{"retire"}, {"approve"}, {"sync"}, {"retire"}, {"approve"}, {"sync"}},
      {{"arm-retention"}, {"retire"}, {"approve"}, {"sync"}, {"retire"}, {"sync"}},
      // A volume gets into Git, and is changed there or taken out again.
      {{"add-volume", 3}, {"sync"}, {"change-volume"}, {"sync"}},
      {{"add-volume", 3}, {"sync"}, {"drop-volume"}, {"sync"}},
      // One that was to be kept for good, until somebody writes otherwise.
      {{"add-volume", 1},
       {"sync"},
       {"delete-claim"},
       {"restart-pods"},
       {"work"},
       {"change-volume", 0},
       {"approve"},
       {"sync"}},
      // Something owns a claim by the time that it is dropped.
      {{"own-claim"}, {"drop-owner"}, {"sync"}},
      {{"own-claim"}, {"drop-database"}, {"approve"}, {"sync"}},
  };
  return kPlots;
}

Step DrawStep(Random& random, StepGroup group) {
  std::size_t total = 0;
  for (const StepKind& kind : StepKinds()) total += kind.group == group ? kind.weight : 0;
  std::size_t at = random.Below(total);
  for (const StepKind& kind : StepKinds()) {
    if (kind.group != group) continue;
    if (at < kind.weight) return Named(random, kind.name);
    at -= kind.weight;
  }
  return {};
}

}  // namespace

History Draw(Random& random, std::size_t length) {
  History history;
  history.base = static_cast<int>(random.Below(kBases));
  history.seed = random.Next();
  const auto add = [&](StepGroup group) {
    if (history.steps.size() < length) history.steps.push_back(DrawStep(random, group));
  };
  // As days go: somebody commits something, perhaps with an approval; Holdfast runs; and
  // things happen. Steps without any order would seldom come to an approved deletion.
  while (history.steps.size() < length) {
    if (random.Below(6) == 0) {
      for (const PlotStep& one : Plots()[random.Below(Plots().size())]) {
        if (history.steps.size() == length) break;
        history.steps.push_back(Named(random, one.what));
        if (one.b >= 0) history.steps.back().b = static_cast<std::uint32_t>(one.b);
      }
      continue;
    }
    for (std::size_t i = 1 + random.Below(2); i > 0; --i) add(StepGroup::kEdit);
    if (random.Below(10) < 6) add(StepGroup::kApproval);
    add(StepGroup::kRun);
    for (std::size_t i = random.Below(3); i > 0; --i) add(StepGroup::kAccident);
  }
  // What was committed last is to have its effect.
  history.steps.push_back({"sync", 0, 0});
  return history;
}

History Shrink(History history, const Judgement& fails) {
  for (bool shorter = true; shorter;) {
    shorter = false;
    for (std::size_t i = history.steps.size(); i-- > 0;) {
      History without = history;
      without.steps.erase(without.steps.begin() + static_cast<std::ptrdiff_t>(i));
      if (!fails(without)) continue;
      history = std::move(without);
      shorter = true;
    }
  }
  return history;
}

}  // namespace holdfast::histories
