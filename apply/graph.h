// Graph: a directed graph by numbers, and its strongly connected components.

#pragma once

#include <cstddef>
#include <vector>

namespace holdfast {

/// `links[from]` holds the nodes that `from` leads to.
using Graph = std::vector<std::vector<std::size_t>>;

/// For each node the number of its strongly connected component (Tarjan, "Depth-first
/// search and linear graph algorithms", 1972), without recursion. Components are
/// numbered so that a link never leads to a higher number: what is needed comes first.
std::vector<std::size_t> ComponentsOf(const Graph& graph);

}  // namespace holdfast
