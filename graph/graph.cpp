#include <retrograph/graph/boost.hpp>
#include <retrograph/graph/graph.hpp>
#include <retrograph/graph/node_names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace retrograph {

struct Graph::Storage {
  AdjacencyList list;
  NodeNames names{list};
  std::set<std::string, std::less<>> symbols;
  std::vector<NodeId> inputs, state;
  Updates updates;
};

namespace {

void require_name(const std::string& name) {
  if (name.empty() || name.front() == '/' || name.back() == '/')
    throw GraphError{fmt::format("'{}' is no name for a node", name)};
}

void require_known_symbols(const Shape& shape, const std::set<std::string, std::less<>>& known) {
  for (const auto& dim : shape)
    for (const auto& symbol : dim.symbols())
      if (!known.contains(symbol))
        throw ShapeError{fmt::format("the graph has no dim '{}'", symbol),
                         fmt::format("make it with graph.dim(\"{}\")", symbol)};
}

void require_possible_extents(const Shape& shape) {
  for (const auto& dim : shape)
    if (dim.is_number() && dim.number() < 0)
      throw ShapeError{fmt::format("an extent is negative: {}", to_string(shape))};
}

}  // namespace

Graph::Graph() : storage_{std::make_unique<Storage>()} {}
Graph::~Graph() = default;

Dim Graph::dim(std::string name) {
  auto symbol = Dim::symbol(name);
  storage_->symbols.insert(std::move(name));
  return symbol;
}

Input Graph::input(std::string name, Shape shape, DType dtype, std::source_location where) {
  try {
    require_name(name);
    require_known_symbols(shape, storage_->symbols);
    require_possible_extents(shape);
    auto node = named_node(name, {dtype, shape}, where);
    node.content = InputLeaf{};
    storage_->names.require_free(node.scope, node.name);
    const auto id = add(std::move(node), {});
    storage_->inputs.push_back(id);
    return Input{*this, id, 0};
  } catch (Error& error) {
    error.add_context("input", {{name, to_string(shape), std::string{to_string(dtype)}}}, where);
    throw;
  }
}

Parameter Graph::parameter(std::string name, Shape shape, Initializer initializer, DType dtype,
                           std::source_location where) {
  return add_parameter(std::move(name), std::move(shape), {std::move(initializer), true}, dtype, where);
}

Parameter Graph::slot(std::string name, Shape shape, Initializer initializer, DType dtype,
                      std::source_location where) {
  return add_parameter(std::move(name), std::move(shape), {std::move(initializer), false}, dtype, where);
}

Parameter Graph::add_parameter(std::string name, Shape shape, ParameterLeaf leaf, DType dtype,
                               std::source_location where) {
  try {
    require_name(name);
    require_possible_extents(shape);
    if (!shape.is_concrete()) throw ShapeError{"the extents of a parameter must be numbers"};
    invariant(leaf.initializer != nullptr, "a parameter has no initializer");
    auto node = named_node(name, {dtype, shape}, where);
    node.content = std::move(leaf);
    storage_->names.require_free(node.scope, node.name);
    const auto id = add(std::move(node), {});
    storage_->state.push_back(id);
    return Parameter{*this, id, 0};
  } catch (Error& error) {
    error.add_context("parameter", {{name, to_string(shape), std::string{to_string(dtype)}}}, where);
    throw;
  }
}

Tensor Graph::constant(Array value, std::source_location where) {
  auto node = named_node(storage_->names.free_name(context_.scope, "constant"),
                         {value.dtype(), Shape{value.extents()}}, where);
  auto owned = value.owns_its_numbers() ? std::make_shared<const Array>(std::move(value))
                                        : std::make_shared<const Array>(std::as_const(value));
  node.content = ConstantLeaf{std::move(owned)};
  return {*this, add(std::move(node), {}), 0};
}

Tensor Graph::apply(Op op, std::span<const Tensor> operands, std::source_location where) {
  Types types;
  for (const auto& operand : operands) {
    if (&operand.graph() != this)
      throw GraphError{
          fmt::format("{}: the operand '{}' belongs to another graph", op.name(), operand.name())};
    types.push_back(operand.type());
  }
  auto node = named_node(storage_->names.free_name(context_.scope, op.name()), {}, where);
  try {
    if (op.typed_by() < types.size() && !op.supports(types[op.typed_by()].dtype))
      throw TypeError{fmt::format("is not defined for {}", to_string(types[op.typed_by()].dtype)),
                      "convert the operand with cast"};
    node.results = op.infer(types);
  } catch (Error& error) {
    std::vector<Error::Operand> described;
    for (const auto& operand : operands) described.push_back(describe(operand));
    error.add_context(std::string{op.name()}, std::move(described), node.where);
    throw;
  }
  node.content = std::move(op);
  return {*this, add(std::move(node), operands), 0};
}

Update Graph::update(const Parameter& parameter, const Tensor& value, std::source_location where) {
  try {
    if (&parameter.graph() != this || &value.graph() != this)
      throw GraphError{"the parameter and its value must belong to this graph"};
    if (parameter.dtype() != value.dtype())
      throw TypeError{"the value has another dtype than the parameter", "convert it with cast"};
    if (parameter.shape() != value.shape())
      throw ShapeError{"the value has another shape than the parameter"};
  } catch (Error& error) {
    error.add_context("update", {describe(parameter), describe(value)}, where);
    throw;
  }
  return storage_->updates.emplace_back(Update{parameter, value});
}

Graph::ContextGuard::ContextGuard(Graph& graph, Context context)
    : graph_{graph}, former_{std::exchange(graph.context_, std::move(context))} {}

Graph::ContextGuard::~ContextGuard() {
  graph_.context_ = std::move(former_);
}

Graph::ContextGuard Graph::scope(std::string_view name) {
  require_name(std::string{name});
  auto inner = context_;
  inner.scope = joined_scopes(inner.scope, name);
  return {*this, std::move(inner)};
}

std::size_t Graph::node_count() const {
  return num_vertices(storage_->list);
}

const Node& Graph::node(NodeId id) const {
  return storage_->list[id];
}

std::size_t Graph::operand_count(NodeId id) const {
  return in_degree(id, storage_->list);
}

Tensor Graph::operand(NodeId id, std::size_t index) {
  const auto edge = *(in_edges(id, storage_->list).first + static_cast<std::ptrdiff_t>(index));
  return {*this, static_cast<NodeId>(source(edge, storage_->list)), storage_->list[edge].result};
}

std::vector<Tensor> Graph::operands(NodeId id) {
  std::vector<Tensor> tensors;
  for (std::size_t index = 0; index < operand_count(id); ++index) tensors.push_back(operand(id, index));
  return tensors;
}

std::vector<Parameter> Graph::parameters() {
  std::vector<Parameter> trained;
  for (const auto id : storage_->state)
    if (node(id).parameter()->trainable) trained.emplace_back(*this, id, 0);
  return trained;
}

std::vector<NodeId> Graph::state_nodes() const {
  return storage_->state;
}

std::vector<Input> Graph::inputs() {
  std::vector<Input> inputs;
  for (const auto id : storage_->inputs) inputs.emplace_back(*this, id, 0);
  return inputs;
}

std::span<const Update> Graph::updates() const {
  return storage_->updates;
}

Node Graph::named_node(std::string name, Type type, std::source_location where) const {
  Node node;
  node.name = std::move(name);
  node.scope = context_.scope;
  node.results.push_back(std::move(type));
  node.where = context_.where.value_or(where);
  node.role = context_.role;
  node.origin = context_.origin;
  return node;
}

NodeId Graph::add(Node node, std::span<const Tensor> operands) {
  auto& list = storage_->list;
  const auto id = static_cast<NodeId>(add_vertex(list));
  list[id] = std::move(node);
  storage_->names.take(id);
  for (std::uint32_t index = 0; index < operands.size(); ++index)
    add_edge(operands[index].node(), id, Edge{operands[index].result_index(), index}, list);
  return id;
}

void Graph::rename(NodeId id, std::string name) {
  require_name(name);
  auto& node = storage_->list[id];
  if (node.name == name) return;
  storage_->names.require_free(node.scope, name);
  storage_->names.give_back(id);
  node.name = std::move(name);
  storage_->names.take(id);
}

Tensor apply(Op op, std::initializer_list<Tensor> operands, std::source_location where) {
  invariant(operands.size() > 0, "apply needs an operand to know the graph");
  return operands.begin()->graph().apply(std::move(op), operands, where);
}

const AdjacencyList& adjacency_list(const Graph& graph) {
  return graph.storage().list;
}

}  // namespace retrograph
