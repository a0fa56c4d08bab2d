#pragma once

#include <retrograph/graph/graph.hpp>

#include <boost/graph/adjacency_list.hpp>
#include <boost/property_map/function_property_map.hpp>

namespace retrograph {

/// From the node that makes a result to a node that uses it.
struct Edge {
  std::uint32_t result = 0;   // which result of the source
  std::uint32_t operand = 0;  // which operand of the target
};

/// The graph as Boost.Graph knows it. A vertex descriptor is a NodeId, and so is its index; vertices are in a
/// topological order. The in-edges of a vertex are in the order of its operands, its out-edges in the order
/// in which their users were made. Two edges may join the same two vertices (x * x).
///
/// Properties are bundled: `list[vertex]` is a Node, `list[edge]` an Edge, and their members are property
/// maps, such as `get(&Node::results, list)` and `get(&Edge::operand, list)`.
using AdjacencyList = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, Node, Edge>;

/// For Boost.Graph's own algorithms. Holds until the next node is made.
const AdjacencyList& adjacency_list(const Graph& graph);

/// The property map of full names, which tell the nodes of a graph apart.
inline auto full_names(const AdjacencyList& list) {
  return boost::make_function_property_map<NodeId>([&list](NodeId id) { return list[id].full_name(); });
}

}  // namespace retrograph
