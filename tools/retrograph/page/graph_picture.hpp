#pragma once

#include <retrograph/graph/draw/dot.hpp>

namespace retrograph::program {

/// The graph as Graphviz draws it, an element of a page. `name` tells its ids from those of the page's other
/// pictures. Needs a library that was built with Graphviz.
std::string graph_picture(const Graph& graph, const DotOptions& options, std::string_view name);

}  // namespace retrograph::program
