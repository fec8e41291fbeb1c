#include "apply/graph.h"

#include <algorithm>
#include <limits>

namespace holdfast {
namespace {

constexpr std::size_t kUnseen = std::numeric_limits<std::size_t>::max();

class Tarjan {
 public:
  explicit Tarjan(const Graph& graph)
      : graph_(graph),
        index_(graph.size(), kUnseen),
        low_(graph.size(), 0),
        component_(graph.size(), kUnseen) {}

  std::vector<std::size_t> Run() {
    for (std::size_t node = 0; node < graph_.size(); ++node) {
      if (index_[node] == kUnseen) Visit(node);
    }
    return std::move(component_);
  }

 private:
  struct Frame {
    std::size_t node;
    std::size_t next_link;
  };

  // The frames stand for the calls of the recursive form: a chain of 10,000
  // objects must not exhaust the stack.
  void Visit(std::size_t root) {
    std::vector<Frame> frames;
    Enter(root, frames);
    while (!frames.empty()) {
      Frame& frame = frames.back();
      const std::size_t node = frame.node;
      if (frame.next_link < graph_[node].size()) {
        const std::size_t next = graph_[node][frame.next_link++];
        if (index_[next] == kUnseen) {
          Enter(next, frames);
        } else if (component_[next] == kUnseen) {
          low_[node] = std::min(low_[node], index_[next]);
        }
        continue;
      }
      if (low_[node] == index_[node]) CloseComponent(node);
      frames.pop_back();
      if (!frames.empty()) {
        const std::size_t parent = frames.back().node;
        low_[parent] = std::min(low_[parent], low_[node]);
      }
    }
  }

  void Enter(std::size_t node, std::vector<Frame>& frames) {
    index_[node] = low_[node] = counter_++;
    open_.push_back(node);
    frames.push_back({node, 0});
  }

  void CloseComponent(std::size_t root) {
    while (true) {
      const std::size_t node = open_.back();
      open_.pop_back();
      component_[node] = components_;
      if (node == root) break;
    }
    ++components_;
  }

  const Graph& graph_;
  std::vector<std::size_t> index_;
  std::vector<std::size_t> low_;
  std::vector<std::size_t> component_;
  std::vector<std::size_t> open_;
  std::size_t counter_ = 0;
  std::size_t components_ = 0;
};

}  // namespace

std::vector<std::size_t> ComponentsOf(const Graph& graph) { return Tarjan(graph).Run(); }

}  // namespace holdfast
