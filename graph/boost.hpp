#pragma once

#include <retrograph/graph/graph.hpp>

#include <boost/graph/adjacency_list.hpp>

namespace retrograph {

/// From the node that makes a result to a node that uses it.
struct Edge {
  std::uint32_t result = 0;   // which result of the source
  std::uint32_t operand = 0;  // which operand of the target
};

/// The graph as Boost.Graph knows it. A vertex descriptor is a NodeId; bundled properties are Node and Edge.
/// The in-edges of a vertex are in the order of its operands.
using AdjacencyList = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, Node, Edge>;

/// For Boost.Graph's own algorithms. Holds until the next node is made.
const AdjacencyList& adjacency_list(const Graph& graph);

}  // namespace retrograph
