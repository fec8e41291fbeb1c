#include "daemon/graph.h"

#include <map>
#include <utility>
#include <vector>

namespace holdfast {
namespace {

/// Text inside double quotes, for both formats.
std::string Quoted(const std::string& text, GraphFormat format) {
  std::string quoted = "\"";
  for (const char c : text) {
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
    for (const auto& [ends, strength] : Arrows()) text += Arrow(ends, strength);
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

  /// One arrow between two objects, however many references there are.
  std::map<Ends, EdgeStrength> Arrows() const {
    std::map<Ends, EdgeStrength> arrows;
    for (const Edge& edge : plan_.edges) {
      const auto from = names_.find(edge.from);
      const auto to = names_.find(edge.to);
      if (from == names_.end() || to == names_.end()) continue;
      const Ends ends{to->second, from->second};
      const auto known = arrows.find(ends);
      if (known == arrows.end() || edge.strength == EdgeStrength::kHard) {
        arrows[ends] = edge.strength;
      }
    }
    return arrows;
  }

  std::string Arrow(const Ends& ends, EdgeStrength strength) const {
    const bool hard = strength == EdgeStrength::kHard;
    if (format_ == GraphFormat::kMermaid) {
      return "  " + ends.first + (hard ? " --> " : " -.-> ") + ends.second + "\n";
    }
    return "  " + ends.first + " -> " + ends.second + (hard ? "" : " [style=dotted]") + ";\n";
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
