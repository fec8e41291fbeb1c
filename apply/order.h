// Order: from edges to waves.
//
// An object is sent when everything that it needs is ready, and whatever of an earlier
// phase (order.md 3.2) could be sent has been: readiness is waited for along edges alone,
// and the phases order what no edge does. So branches that do not need each other do not
// wait for each other.
//
// Its wave is where that puts it if nothing took any time: by phase, and within the phase
// after what it needs. An edge to something of a later phase draws the object into that
// phase: the graph is stronger than the phases.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apply/phase.h"
#include "apply/references.h"

namespace holdfast {

/// One object that has a place in the order.
struct OrderNode {
  ObjectRef ref;
  Phase phase;
  bool stateful = false;
  /// Its pods are replaced by this plan. Of stateful workloads of one namespace, and of
  /// one engine's cluster wherever its members are, only one does that at a time
  /// (order.md 3.1, rule 4).
  bool rolls = false;
  std::string engine_cluster{};  ///< "Cassandra K8Demo"; empty where it is not told.
};

struct Place {
  Phase phase;   ///< The node's, or a later one that an edge draws it into.
  int wave = 0;  ///< Counted from 1, without holes.
  std::vector<std::size_t> needs;  ///< Nodes, ascending, each once.
  std::string why;  ///< What it waits for; empty if only its phase decides.
};

struct Order {
  std::vector<Place> places;  ///< One for each node.
  /// Hard edges that form a cycle, each one's `to` the next one's `from`. Where it
  /// is not empty, the places are of no use.
  std::vector<Edge> cycle;
};

/// Places `nodes`; edges from or to something else are ignored. A soft edge never
/// makes a cycle: guesses go first, then those by which a stateful workload would wait
/// for a stateless one, then as many as needed, the same ones each time. Linear in nodes
/// and edges but for sorting. REQUIRES that no two nodes have the same ref.
Order MakeOrder(const std::vector<OrderNode>& nodes, const std::vector<Edge>& edges);

/// The edges turned round, for deleting: what is named goes after what names it.
std::vector<Edge> Reversed(const std::vector<Edge>& edges);

}  // namespace holdfast
