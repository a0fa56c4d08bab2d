#include <retrograph/graph/boost.hpp>
#include <retrograph/graph/graph.hpp>
#include <retrograph/graph/index_table.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace retrograph {

namespace {

std::string joined_scopes(std::string_view outer, std::string_view inner) {
  return outer.empty() ? std::string{inner} : fmt::format("{}/{}", outer, inner);
}

/// The full names of a graph's nodes, which are written down with the nodes and nowhere else: a million
/// strings more would be too many.
class Names {
 public:
  explicit Names(const AdjacencyList& list) : list_{list} {}

  /// `name`, or the first of name_1, name_2, ... that is free in `scope`.
  std::string free_name(std::string_view scope, std::string_view name) {
    auto entry = suffixes_.find(std::pair{scope, name});
    if (entry == suffixes_.end())
      entry = suffixes_.emplace(std::pair{std::string{scope}, std::string{name}}, 0).first;
    for (auto& suffix = entry->second;; ++suffix) {
      auto candidate = suffix == 0 ? std::string{name} : fmt::format("{}_{}", name, suffix);
      if (!is_taken(scope, candidate)) return candidate;
    }
  }

  void require_free(std::string_view scope, std::string_view name) const {
    if (is_taken(scope, name))
      throw GraphError{fmt::format("the name '{}' is taken", joined_scopes(scope, name)),
                       "give each node a name of its own"};
  }

  /// Notes the name that a node has, or forgets it.
  void take(NodeId id) { nodes_.insert(hash_of(id), id); }
  void give_back(NodeId id) { nodes_.erase(hash_of(id), id); }

 private:
  struct Less {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const {
      const std::string_view scope = a.first, other = b.first;
      return scope != other ? scope < other : std::string_view{a.second} < std::string_view{b.second};
    }
  };

  bool is_taken(std::string_view scope, std::string_view name) const {
    return nodes_.find(hash(scope, name), [&](NodeId id) { return has_name(list_[id], scope, name); }) !=
           IndexTable::none;
  }

  /// A full name may be split in several ways: "a/b" and "c", "a" and "b/c".
  static bool has_name(const Node& node, std::string_view scope, std::string_view name) {
    if (node.scope == scope) return node.name == name;
    return node.full_name() == joined_scopes(scope, name);
  }

  std::uint64_t hash_of(NodeId id) const { return hash(list_[id].scope, list_[id].name); }

  /// Of the full name (FNV-1a), without putting it together.
  static std::uint64_t hash(std::string_view scope, std::string_view name) {
    std::uint64_t hash = 0xCBF29CE484222325u;
    const auto take = [&](std::string_view text) {
      for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3u;
    };
    take(scope);
    if (!scope.empty()) take("/");
    take(name);
    return hash;
  }

  const AdjacencyList& list_;
  IndexTable nodes_;                                                           // by full name
  std::map<std::pair<std::string, std::string>, std::size_t, Less> suffixes_;  // of automatic names
};

}  // namespace

struct Graph::Storage {
  AdjacencyList list;
  Names names{list};
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

Error::Operand describe(const Tensor& tensor) {
  return {tensor.name(), to_string(tensor.shape()), std::string{to_string(tensor.dtype())}};
}

const AdjacencyList& adjacency_list(const Graph& graph) {
  return graph.storage().list;
}

const Type& Tensor::type() const {
  return graph_->node(node_).results[result_];
}

Tensor Tensor::result(std::size_t index) const {
  const auto count = graph_->node(node_).results.size();
  if (index >= count)
    throw GraphError{fmt::format("{}: there is no result {}, only {}", name(), index, count)};
  return {*graph_, node_, static_cast<std::uint32_t>(index)};
}

std::string Tensor::name() const {
  return graph_->node(node_).full_name();
}

Tensor Tensor::named(std::string name) const {
  graph_->rename(node_, std::move(name));
  return *this;
}

}  // namespace retrograph
