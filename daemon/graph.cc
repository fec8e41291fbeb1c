#include "daemon/graph.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "diff/value_text.h"

namespace holdfast {
namespace {

/// Text inside double quotes, for both formats.
std::string Quoted(const std::string& text, GraphFormat format) {
  std::string quoted = "\"";
  for (const char c : Printable(text)) {
    if (c == '"') {
      quoted += format == GraphFormat::kMermaid ? "#quot;" : "\\\"";
    } else if (c == '\\' && format == GraphFormat::kDot) {
      quoted += "\\\\";
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

class Drawing {
 public:
  Drawing(const Plan& plan, GraphFormat format) : plan_(plan), format_(format) {
    for (const Step& step : plan.steps) {
      names_.emplace(step.ref, "n" + std::to_string(names_.size() + 1));
      waves_[step.wave].push_back(step.ref);
    }
  }

  std::string Draw() const {
    const bool mermaid = format_ == GraphFormat::kMermaid;
    std::string text = mermaid ? "flowchart LR\n" : "digraph holdfast {\n  rankdir=LR;\n";
    for (const auto& [wave, refs] : waves_) {
      const std::string number = std::to_string(wave);
      text += mermaid ? "  subgraph w" + number + "[wave " + number + "]\n"
                      : "  subgraph cluster_" + number + " {\n    label=\"wave " + number +
                            "\";\n";
      for (const ObjectRef& ref : refs) text += Node(ref);
      text += mermaid ? "  end\n" : "  }\n";
    }
    for (const auto& [ends, surety] : Arrows()) text += Arrow(ends, surety);
    return mermaid ? text : text + "}\n";
  }

 private:
  using Ends = std::pair<std::string, std::string>;

  std::string Node(const ObjectRef& ref) const {
    const std::string label = Quoted(ref.ToString(), format_);
    return format_ == GraphFormat::kMermaid ? "    " + names_.at(ref) + "[" + label + "]\n"
                                            : "    " + names_.at(ref) + " [label=" + label +
                                                  ", shape=box];\n";
  }

  /// How sure an arrow is: what cannot be missing, what only orders, and of that what
  /// rests on a word that may mean something else.
  enum class Surety { kHard, kSoft, kGuess };
  static Surety SuretyOf(const Edge& edge) {
    if (edge.strength == EdgeStrength::kHard) return Surety::kHard;
    return edge.guess ? Surety::kGuess : Surety::kSoft;
  }

  /// One arrow between two objects, the surest, however many references there are.
  std::map<Ends, Surety> Arrows() const {
    std::map<Ends, Surety> arrows;
    for (const Edge& edge : plan_.edges) {
      const auto from = names_.find(edge.from);
      const auto to = names_.find(edge.to);
      if (from == names_.end() || to == names_.end()) continue;
      const Ends ends{to->second, from->second};
      const auto [known, is_new] = arrows.emplace(ends, SuretyOf(edge));
      if (!is_new) known->second = std::min(known->second, SuretyOf(edge));
    }
    return arrows;
  }

  std::string Arrow(const Ends& ends, Surety surety) const {
    const bool hard = surety == Surety::kHard;
    const bool guess = surety == Surety::kGuess;
    if (format_ == GraphFormat::kMermaid) {
      return "  " + ends.first + (hard ? " --> " : guess ? " -. a guess .-> " : " -.-> ") +
             ends.second + "\n";
    }
    const char* style =
        hard ? "" : guess ? " [style=dotted, label=\"a guess\"]" : " [style=dotted]";
    return "  " + ends.first + " -> " + ends.second + style + ";\n";
  }

  const Plan& plan_;
  GraphFormat format_;
  std::map<ObjectRef, std::string> names_;
  std::map<int, std::vector<ObjectRef>> waves_;
};

}  // namespace

std::string DrawGraph(const Plan& plan, GraphFormat format) {
  return Drawing(plan, format).Draw();
}

}  // namespace holdfast
