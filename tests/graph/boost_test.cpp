#include <retrograph/graph/boost.hpp>
#include <retrograph/ops/arithmetic.hpp>

#include "support/matchers.hpp"
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/dag_shortest_paths.hpp>
#include <boost/graph/depth_first_search.hpp>
#include <boost/graph/filtered_graph.hpp>
#include <boost/graph/graph_concepts.hpp>
#include <boost/graph/graphviz.hpp>
#include <boost/graph/reverse_graph.hpp>
#include <boost/graph/topological_sort.hpp>

#include <algorithm>
#include <sstream>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// x and y, two ways from x to z, and one node that z does not need.
struct Diamond {
  Graph graph;
  Input x = graph.input("x", {3});
  Input y = graph.input("y", {3});
  Tensor left = (x - y).named("left");
  Tensor right = (x * x).named("right");
  Tensor z = (left / right).named("z");
  Tensor aside = (-y).named("aside");
  const AdjacencyList& list = adjacency_list(graph);
};

std::vector<std::string> names(const AdjacencyList& list, const std::vector<NodeId>& nodes) {
  std::vector<std::string> result;
  for (const auto id : nodes) result.push_back(get(full_names(list), id));
  return result;
}

}  // namespace

TEST_CASE("A graph is one of Boost.Graph's, by its concepts") {
  BOOST_CONCEPT_ASSERT((boost::VertexListGraphConcept<AdjacencyList>));
  BOOST_CONCEPT_ASSERT((boost::EdgeListGraphConcept<AdjacencyList>));
  BOOST_CONCEPT_ASSERT((boost::BidirectionalGraphConcept<AdjacencyList>));
  const Diamond diamond;
  CHECK(num_vertices(diamond.list) == diamond.graph.node_count());
  CHECK(num_edges(diamond.list) == 7);
}

TEST_CASE("topological_sort puts every node after its operands") {
  const Diamond diamond;
  std::vector<NodeId> backwards;
  boost::topological_sort(diamond.list, std::back_inserter(backwards));
  REQUIRE(backwards.size() == diamond.graph.node_count());
  const auto place = [&](NodeId id) {
    return std::find(backwards.rbegin(), backwards.rend(), id) - backwards.rbegin();
  };
  for (auto [edge, end] = edges(diamond.list); edge != end; ++edge)
    CHECK(place(static_cast<NodeId>(source(*edge, diamond.list))) <
          place(static_cast<NodeId>(target(*edge, diamond.list))));
}

TEST_CASE("The order of making is a topological order") {
  const Diamond diamond;
  for (auto [edge, end] = edges(diamond.list); edge != end; ++edge)
    CHECK(source(*edge, diamond.list) < target(*edge, diamond.list));
}

TEST_CASE("breadth_first_search from an input reaches what depends on it, and nothing else") {
  const Diamond diamond;
  std::vector<int> distance(num_vertices(diamond.list), -1);
  distance[diamond.x.node()] = 0;
  boost::breadth_first_search(diamond.list, diamond.x.node(),
                              boost::visitor(boost::make_bfs_visitor(
                                  boost::record_distances(distance.data(), boost::on_tree_edge{}))));
  CHECK(distance[diamond.left.node()] == 1);
  CHECK(distance[diamond.right.node()] == 1);
  CHECK(distance[diamond.z.node()] == 2);
  CHECK(distance[diamond.y.node()] == -1);
  CHECK(distance[diamond.aside.node()] == -1);
}

TEST_CASE("On the reversed graph, breadth_first_search finds what a node needs") {
  const Diamond diamond;
  const auto reversed = boost::make_reverse_graph(diamond.list);
  std::vector<boost::default_color_type> colours(num_vertices(diamond.list));
  boost::breadth_first_search(reversed, diamond.z.node(),
                              boost::color_map(boost::make_iterator_property_map(
                                  colours.begin(), get(boost::vertex_index, diamond.list))));
  std::vector<NodeId> needed;
  for (NodeId id = 0; id < colours.size(); ++id)
    if (colours[id] == boost::black_color) needed.push_back(id);
  CHECK(names(diamond.list, needed) == std::vector<std::string>{"x", "y", "left", "right", "z"});
}

TEST_CASE("The in-edges of a node are in the order of its operands") {
  const Diamond diamond;
  const auto operands_of = [&](const Tensor& tensor) {
    std::vector<NodeId> makers;
    std::uint32_t index = 0;
    for (auto [edge, end] = in_edges(tensor.node(), diamond.list); edge != end; ++edge, ++index) {
      CHECK(diamond.list[*edge].operand == index);
      CHECK(get(&Edge::result, diamond.list, *edge) == 0);
      makers.push_back(static_cast<NodeId>(source(*edge, diamond.list)));
    }
    return names(diamond.list, makers);
  };
  CHECK(operands_of(diamond.left) == std::vector<std::string>{"x", "y"});
  CHECK(operands_of(diamond.right) == std::vector<std::string>{"x", "x"});
  CHECK(operands_of(diamond.z) == std::vector<std::string>{"left", "right"});
}

TEST_CASE("dag_shortest_paths with weights of -1 gives the depth of a graph") {
  const Diamond diamond;
  std::vector<int> depth(num_vertices(diamond.list));
  boost::dag_shortest_paths(
      diamond.list, diamond.x.node(),
      boost::weight_map(boost::make_static_property_map<AdjacencyList::edge_descriptor>(-1))
          .distance_map(
              boost::make_iterator_property_map(depth.begin(), get(boost::vertex_index, diamond.list)))
          .distance_inf(1)
          .distance_compare(std::less<int>{}));
  CHECK(depth[diamond.z.node()] == -2);
}

TEST_CASE("A filtered graph shows the forward nodes alone") {
  const Diamond diamond;
  const auto is_op = [&](NodeId id) { return diamond.list[id].op() != nullptr; };
  const std::function<bool(NodeId)> filter = is_op;
  const boost::filtered_graph ops{diamond.list, boost::keep_all{}, filter};
  std::vector<NodeId> kept;
  for (auto [vertex, end] = vertices(ops); vertex != end; ++vertex)
    kept.push_back(static_cast<NodeId>(*vertex));
  CHECK(names(diamond.list, kept) == std::vector<std::string>{"left", "right", "z", "aside"});
}

TEST_CASE("write_graphviz labels nodes by the map of full names and edges by a bundled property") {
  Graph graph;
  const auto x = graph.input("x", {});
  {
    const auto scope = graph.scope("layer");
    (x - x).named("y");
  }
  const auto& list = adjacency_list(graph);
  std::ostringstream text;
  boost::write_graphviz(text, list, boost::make_label_writer(full_names(list)),
                        boost::make_label_writer(get(&Edge::operand, list)));
  CHECK(text.str() ==
        "digraph G {\n"
        "0[label=x];\n"
        "1[label=\"layer/y\"];\n"
        "0->1 [label=0];\n"
        "0->1 [label=1];\n"
        "}\n");
}
