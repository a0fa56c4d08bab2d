#pragma once

#include <retrograph/graph/array.hpp>
#include <retrograph/graph/shape.hpp>

#include <cstdint>
#include <source_location>
#include <string>

namespace retrograph {

class Graph;

/// A node's place in its graph; counts from 0 in the order of making, so that operands come before their
/// users.
using NodeId = std::uint32_t;

/// One result of one node: symbolic, with a shape and a dtype but no numbers. Cheap to copy; refers to its
/// graph.
class Tensor {
 public:
  Tensor(Graph& graph, NodeId node, std::uint32_t result) : graph_{&graph}, node_{node}, result_{result} {}

  const Type& type() const;
  const Shape& shape() const { return type().shape; }
  DType dtype() const { return type().dtype; }
  std::size_t rank() const { return shape().rank(); }

  Graph& graph() const { return *graph_; }
  NodeId node() const { return node_; }
  /// Which result of its node this is.
  std::uint32_t result_index() const { return result_; }
  /// Another result of the same node. Throws GraphError if there is none.
  Tensor result(std::size_t index) const;

  /// The node's full name: scopes and own name, joined by '/'.
  std::string name() const;
  /// Names the node, within the scope it was made in. Throws GraphError if the name is taken.
  Tensor named(std::string name) const;

  /// True if both are the same result of the same node. (`==` compares numbers, as an op.)
  bool is(const Tensor& other) const {
    return graph_ == other.graph_ && node_ == other.node_ && result_ == other.result_;
  }

 private:
  Graph* graph_;
  NodeId node_;
  std::uint32_t result_;
};

/// What a run puts in place of an input.
class Feed;

/// A tensor whose numbers come with each run.
class Input : public Tensor {
 public:
  using Tensor::Tensor;

  /// The numbers for one run. An lvalue is not copied and must outlive the run; a temporary is kept.
  /// Shape and dtype are checked by the run.
  Feed feed(const Array& array) const;
  Feed feed(Array&& array) const;
};

class Feed {
 public:
  Feed(Input input, Array array) : input_{input}, array_{std::move(array)} {}
  const Input& input() const { return input_; }
  const Array& array() const { return array_; }

 private:
  Input input_;
  Array array_;
};

inline Feed Input::feed(const Array& array) const {
  return {*this, Array::view(array)};
}
inline Feed Input::feed(Array&& array) const {
  return {*this, std::move(array)};
}

/// A tensor whose numbers live in a State between runs.
class Parameter : public Tensor {
 public:
  using Tensor::Tensor;
};

/// A parameter and the tensor whose numbers it takes on when the whole run is over.
struct Update {
  Parameter parameter;
  Tensor value;
};
using Updates = std::vector<Update>;

}  // namespace retrograph
