#pragma once

#include <retrograph/graph/node.hpp>

#include <memory>
#include <span>
#include <string_view>

namespace retrograph {

/// The nodes of a model and their edges. Grows as ops are applied; never changes what is there.
/// Neither copied nor moved: its tensors refer to it.
class Graph {
 public:
  Graph();
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  /// A named extent, bound by what is fed to a run. The same name is the same dim.
  Dim dim(std::string name);

  /// A tensor whose numbers are fed to each run. Throws GraphError if the name is taken,
  /// ShapeError if the shape has a symbol that `dim` was never asked for.
  Input input(std::string name, Shape shape, DType dtype = DType::float32,
              std::source_location where = std::source_location::current());

  /// A tensor that is trained: its numbers live in a State and start as `initializer` says.
  /// Throws GraphError if the name is taken, ShapeError if an extent is not a number.
  Parameter parameter(std::string name, Shape shape, Initializer initializer, DType dtype = DType::float32,
                      std::source_location where = std::source_location::current());

  /// A tensor that lives in a State but is not trained: an optimizer's memory, a running mean.
  Parameter slot(std::string name, Shape shape, Initializer initializer, DType dtype = DType::float32,
                 std::source_location where = std::source_location::current());

  /// Numbers that never change.
  Tensor constant(Array value, std::source_location where = std::source_location::current());

  /// A new node: `op` on `operands`. Returns its result 0. Throws what the op's shape rule throws, with the
  /// operands and `where` added; GraphError if an operand belongs to another graph.
  Tensor apply(Op op, std::span<const Tensor> operands, std::source_location where);

  /// Notes that `parameter` is to become `value` after a run. Throws if their types differ.
  Update update(const Parameter& parameter, const Tensor& value,
                std::source_location where = std::source_location::current());

  /// What new nodes are marked with.
  struct Context {
    std::string scope;
    Role role = Role::forward;
    std::optional<NodeId> origin;
    std::optional<std::source_location> where;  // in place of each call's own
  };
  /// Puts the former context back when it goes.
  class [[nodiscard]] ContextGuard {
   public:
    ContextGuard(Graph& graph, Context context);
    ~ContextGuard();
    ContextGuard(const ContextGuard&) = delete;
    ContextGuard& operator=(const ContextGuard&) = delete;

   private:
    Graph& graph_;
    Context former_;
  };
  const Context& context() const { return context_; }
  /// Nodes made while the guard lives are in the scope `name`, within the scope that is open already.
  ContextGuard scope(std::string_view name);

  std::size_t node_count() const;
  const Node& node(NodeId id) const;
  std::size_t operand_count(NodeId id) const;
  Tensor operand(NodeId id, std::size_t index);
  std::vector<Tensor> operands(NodeId id);
  /// The parameters that are trained, in the order of making.
  std::vector<Parameter> parameters();
  /// Parameters and slots, in the order of making: the layout of a State.
  std::vector<NodeId> state_nodes() const;
  std::vector<Input> inputs();
  std::span<const Update> updates() const;

  struct Storage;
  const Storage& storage() const { return *storage_; }

 private:
  friend class Tensor;

  NodeId add(Node node, std::span<const Tensor> operands);
  Parameter add_parameter(std::string name, Shape shape, ParameterLeaf leaf, DType dtype,
                          std::source_location where);
  Node named_node(std::string name, Type type, std::source_location where) const;
  void rename(NodeId id, std::string name);

  std::unique_ptr<Storage> storage_;
  Context context_;
};

/// A new node in the graph of its operands, of which there is at least one.
Tensor apply(Op op, std::initializer_list<Tensor> operands, std::source_location where);

/// A tensor as messages show it: name, shape, dtype.
Error::Operand describe(const Tensor& tensor);

}  // namespace retrograph
