#pragma once

#include <retrograph/graph/boost.hpp>
#include <retrograph/graph/draw/dot.hpp>

#include <list>

namespace retrograph::draw {

/// What a node is in the picture.
enum class Kind { input, parameter, constant, forward, gradient, update };
inline constexpr Kind all_kinds[] = {Kind::input,   Kind::parameter, Kind::constant,
                                     Kind::forward, Kind::gradient,  Kind::update};
std::string_view name_of(Kind kind);

/// The part of a training step that a node is drawn with.
enum class Phase { forward, gradient, update };
inline constexpr Phase all_phases[] = {Phase::forward, Phase::gradient, Phase::update};
std::string_view name_of(Phase phase);

/// A scope, what is in it, and the scopes within.
struct Cluster {
  std::string path;   // "encoder/hidden"
  std::string label;  // "hidden"
  std::vector<NodeId> nodes = {};
  std::list<Cluster> inner = {};
};

/// What is drawn of a graph, before any choice of colours and words.
struct Picture {
  const AdjacencyList& list;
  std::vector<NodeId> nodes = {};  // those that are drawn, in the order of making
  std::vector<bool> drawn = {};    // of every node of the graph, as are the next two
  std::vector<Kind> kinds = {};
  std::vector<Phase> phases = {};
  Updates updates = {};

  bool has(Kind kind) const;
  bool has(Phase phase) const;
};

/// The nodes whose results a node uses, each once, in the order of operands.
std::vector<NodeId> makers_of_operands(const AdjacencyList& list, NodeId id);

/// Throws GraphError if an output or update belongs to another graph.
Picture picture_of(const Graph& graph, const DotOptions& options);

/// The drawn nodes of a phase by their scopes.
Cluster clusters_of(const Picture& picture, Phase phase);

}  // namespace retrograph::draw
