#include "apply/order.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "apply/graph.h"

namespace holdfast {
namespace {

struct Link {
  std::size_t from = 0;
  std::size_t to = 0;
  const Edge* edge = nullptr;
};

Graph GraphOf(std::size_t nodes, const std::vector<Link>& links) {
  Graph graph(nodes);
  for (const Link& link : links) graph[link.from].push_back(link.to);
  return graph;
}

/// Drops the links within a component of more than one node that `is_weak` names.
template <typename Weak>
void BreakCycles(std::size_t nodes, std::vector<Link>& links, const Weak& is_weak) {
  const auto component = ComponentsOf(GraphOf(nodes, links));
  links.erase(std::remove_if(links.begin(), links.end(),
                             [&](const Link& link) {
                               return component[link.from] == component[link.to] &&
                                      is_weak(link);
                             }),
              links.end());
}

bool IsSoft(const Link& link) { return link.edge->strength == EdgeStrength::kSoft; }

/// The shortest cycle through the first node that lies on one, as edges.
std::vector<Edge> CycleAmong(std::size_t nodes, const std::vector<Link>& links) {
  const auto component = ComponentsOf(GraphOf(nodes, links));
  const auto on_cycle = std::find_if(links.begin(), links.end(), [&](const Link& link) {
    return component[link.from] == component[link.to];
  });
  if (on_cycle == links.end()) return {};
  std::vector<std::vector<const Link*>> out(nodes);
  for (const Link& link : links) {
    if (component[link.from] == component[link.to]) out[link.from].push_back(&link);
  }
  // Breadth first from `start` back to it.
  const std::size_t start = on_cycle->from;
  std::vector<const Link*> reached_by(nodes, nullptr);
  std::vector<std::size_t> queue = {start};
  for (std::size_t i = 0; i < queue.size() && reached_by[start] == nullptr; ++i) {
    for (const Link* link : out[queue[i]]) {
      if (reached_by[link->to] != nullptr) continue;
      reached_by[link->to] = link;
      queue.push_back(link->to);
    }
  }
  std::vector<Edge> cycle;
  std::size_t at = start;
  do {
    cycle.push_back(*reached_by[at]->edge);
    at = reached_by[at]->from;
  } while (at != start);
  std::reverse(cycle.begin(), cycle.end());
  return cycle;
}

class Placer {
 public:
  Placer(const std::vector<OrderNode>& nodes, const std::vector<Link>& links)
      : nodes_(nodes),
        out_(nodes.size()),
        places_(nodes.size()),
        depth_(nodes.size(), 0) {
    for (const Link& link : links) out_[link.from].push_back(&link);
    // Components of a graph without cycles are single nodes, numbered so that
    // what is needed comes first: a topological order.
    const auto component = ComponentsOf(GraphOf(nodes.size(), links));
    sorted_.resize(nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) sorted_[component[i]] = i;
  }

  std::vector<Place> Run() {
    for (const std::size_t node : sorted_) PlaceAfterNeeds(node);
    Serialise();
    NumberWaves();
    return std::move(places_);
  }

 private:
  void PlaceAfterNeeds(std::size_t node) {
    Place& place = places_[node];
    place.phase = nodes_[node].phase;
    for (const Link* link : out_[node]) {
      place.phase = std::max(place.phase, places_[link->to].phase);
      place.needs.push_back(link->to);
    }
    std::sort(place.needs.begin(), place.needs.end());
    place.needs.erase(std::unique(place.needs.begin(), place.needs.end()),
                      place.needs.end());
    depth_[node] = DepthAfter(node);
    for (const Link* link : out_[node]) NoteWhy(node, *link);
  }

  int DepthAfter(std::size_t node) const {
    int depth = 0;
    for (const std::size_t need : places_[node].needs) {
      if (places_[need].phase == places_[node].phase)
        depth = std::max(depth, depth_[need] + 1);
    }
    return depth;
  }

  /// Keeps the reason that decides: what comes latest among what it plainly names, else
  /// among what selects it or may be meant.
  void NoteWhy(std::size_t node, const Link& link) {
    const bool is_plain = !link.edge->pointer.empty() && !link.edge->guess;
    const auto when = std::make_tuple(is_plain, places_[link.to].phase, depth_[link.to]);
    Place& place = places_[node];
    const auto& last = last_need_[node];
    if (!place.why.empty() && when <= last) return;
    last_need_[node] = when;
    const ObjectRef& to = link.edge->to;
    place.why = "after " + to.kind + " " + to.name + ": " + link.edge->why +
                (link.edge->guess ? " (a guess: it orders, and nothing is missing "
                                    "without it)"
                                  : "");
  }

  /// One stateful workload of a namespace after the other, in the order that they have;
  /// and of an engine's cluster, which may reach over namespaces.
  void Serialise() {
    std::vector<std::size_t> rolling;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].stateful && nodes_[i].rolls) rolling.push_back(i);
    }
    std::sort(rolling.begin(), rolling.end(), [&](std::size_t a, std::size_t b) {
      return std::tie(places_[a].phase, depth_[a], nodes_[a].ref) <
             std::tie(places_[b].phase, depth_[b], nodes_[b].ref);
    });
    std::map<std::string, std::size_t> last_of_namespace;
    std::map<std::string, std::size_t> last_of_cluster;
    bool any = false;
    const auto take_turn = [&](std::map<std::string, std::size_t>& last,
                               const std::string& group, std::size_t node,
                               const char* why) {
      const auto [before, first] = last.try_emplace(group, node);
      if (first) return;
      AddNeed(node, std::exchange(before->second, node), why);
      any = true;
    };
    for (const std::size_t node : rolling) {
      take_turn(last_of_namespace, nodes_[node].ref.name_space, node,
                "one stateful workload of a namespace at a time");
      const std::string& cluster = nodes_[node].engine_cluster;
      if (cluster.empty()) continue;
      take_turn(last_of_cluster, cluster, node,
                "one stateful workload of an engine's cluster at a time");
    }
    if (any) Replace();
  }

  void AddNeed(std::size_t node, std::size_t need, const std::string& why) {
    auto& needs = places_[node].needs;
    const auto at = std::lower_bound(needs.begin(), needs.end(), need);
    if (at != needs.end() && *at == need) return;
    needs.insert(at, need);
    if (places_[node].why.empty()) {
      const ObjectRef& to = nodes_[need].ref;
      places_[node].why = "after " + to.kind + " " + to.name + ": " + why;
    }
  }

  /// Phases and depths again, with the needs that were added. They follow the order of
  /// (phase, depth), so going by that order meets what is needed first.
  void Replace() {
    std::vector<std::size_t> order(nodes_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return std::tie(places_[a].phase, depth_[a], nodes_[a].ref) <
             std::tie(places_[b].phase, depth_[b], nodes_[b].ref);
    });
    for (const std::size_t node : order) {
      for (const std::size_t need : places_[node].needs) {
        places_[node].phase = std::max(places_[node].phase, places_[need].phase);
      }
      depth_[node] = DepthAfter(node);
    }
  }

  void NumberWaves() {
    std::map<std::tuple<Phase, int>, int> waves;
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      waves[{places_[i].phase, depth_[i]}] = 0;
    int number = 0;
    for (auto& [when, wave] : waves) wave = ++number;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      places_[i].wave = waves[{places_[i].phase, depth_[i]}];
    }
  }

  const std::vector<OrderNode>& nodes_;
  std::vector<std::vector<const Link*>> out_;
  std::vector<Place> places_;
  std::vector<int> depth_;
  std::vector<std::size_t> sorted_;
  std::map<std::size_t, std::tuple<bool, Phase, int>> last_need_;
};

}  // namespace

Order MakeOrder(const std::vector<OrderNode>& nodes, const std::vector<Edge>& edges) {
  std::unordered_map<ObjectRef, std::size_t> number;
  number.reserve(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) number.emplace(nodes[i].ref, i);
  std::vector<Link> links;
  for (const Edge& edge : edges) {
    const auto from = number.find(edge.from);
    const auto to = number.find(edge.to);
    if (from == number.end() || to == number.end() || from == to) continue;
    links.push_back({from->second, to->second, &edge});
  }
  const auto waits_for_less = [&](const Link& link) {
    const auto rank = [&](std::size_t node) {
      return std::tuple<bool, const Phase&, const ObjectRef&>(
          !nodes[node].stateful, nodes[node].phase, nodes[node].ref);
    };
    return IsSoft(link) && rank(link.from) < rank(link.to);
  };
  const std::size_t count = nodes.size();
  BreakCycles(count, links,
              [](const Link& link) { return IsSoft(link) && link.edge->guess; });
  BreakCycles(count, links, waits_for_less);
  BreakCycles(count, links, IsSoft);

  Order order;
  order.cycle = CycleAmong(count, links);
  if (!order.cycle.empty()) {
    order.places.resize(count);
    return order;
  }
  order.places = Placer(nodes, links).Run();
  return order;
}

std::vector<Edge> Reversed(const std::vector<Edge>& edges) {
  std::vector<Edge> reversed = edges;
  for (Edge& edge : reversed) std::swap(edge.from, edge.to);
  return reversed;
}

}  // namespace holdfast
