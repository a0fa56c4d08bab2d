#pragma once

#include <retrograph/graph/graph.hpp>

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

namespace retrograph {

/// What of a graph is drawn, and how.
struct DotOptions {
  /// How much of a training step: the forward pass; with its gradients; with the updates of parameters too.
  /// What depends on a part that is left out is left out with it.
  enum class Show { forward, gradients, everything } show = Show::everything;

  /// If one of these is given, only what they need is drawn. Otherwise everything is, with the updates that
  /// the graph knows, but for constants that nothing uses.
  std::vector<Tensor> outputs = {};
  Updates updates = {};

  /// Where the forward pass runs; gradients flow back beside it.
  enum class Direction { top_to_bottom, left_to_right } direction = Direction::top_to_bottom;

  std::string title = {};
  bool legend = true;  // what the colours mean
};

/// The graph in the language of Graphviz: a node for each node, coloured by kind (input, parameter, constant,
/// forward, gradient, update), with the shape and dtype of its results; a box for each scope; an edge for
/// each operand, with its index where there are several; a dashed link from each new value to its parameter.
/// Full names are the nodes' ids. Invisible edges only hold gradients beside the forward pass.
///
/// The same graph gives the same text. Throws GraphError if an output or update belongs to another graph.
std::string to_dot(const Graph& graph, const DotOptions& options = {});

/// Writes `to_dot` to a stream, or to a file, whole or not at all. Throws FileError for a file that cannot be
/// written.
void write_dot(std::ostream& stream, const Graph& graph, const DotOptions& options = {});
void write_dot(const std::filesystem::path& file, const Graph& graph, const DotOptions& options = {});

}  // namespace retrograph
