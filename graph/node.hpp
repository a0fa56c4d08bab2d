#pragma once

#include <retrograph/graph/op.hpp>

#include <functional>
#include <variant>

namespace retrograph {

/// Fills a parameter when a State is made. The stream is keyed by the seed and the parameter's name.
using Initializer = std::function<Array(const ArrayType&, const RandomStream&)>;

struct InputLeaf {};
struct ParameterLeaf {
  Initializer initializer;
  bool trainable;
};
struct ConstantLeaf {
  std::shared_ptr<const Array> value;
};

/// What a node was made for.
enum class Role { forward, gradient, update };

/// One application of an op, or a leaf. Moved when the graph grows: a reference holds until the next node is
/// made.
struct Node {
  std::variant<InputLeaf, ParameterLeaf, ConstantLeaf, Op> content;
  Types results;
  std::string scope;  // "encoder/hidden", empty at the top
  std::string name;   // within the scope
  std::source_location where;
  Role role = Role::forward;
  std::optional<NodeId> origin;  // of a gradient node: the node whose rule made it

  Node() = default;
  Node(Node&&) noexcept = default;
  Node& operator=(Node&&) noexcept = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  std::string full_name() const { return scope.empty() ? name : scope + '/' + name; }
  const Op* op() const { return std::get_if<Op>(&content); }
  const ParameterLeaf* parameter() const { return std::get_if<ParameterLeaf>(&content); }
  const Array* constant() const {
    const auto* leaf = std::get_if<ConstantLeaf>(&content);
    return leaf ? leaf->value.get() : nullptr;
  }
  bool is_input() const { return std::holds_alternative<InputLeaf>(content); }
};

}  // namespace retrograph
