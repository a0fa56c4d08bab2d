#include <retrograph/autograd/gradient.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/broadcast_to.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph {
namespace {

Tensor filled(const Tensor& like, double value, std::source_location where) {
  const auto number = constant(like.graph(), value, like.dtype(), where);
  return like.rank() == 0 ? number : broadcast_to(number, like.shape(), where);
}

/// The reverse sweep over one graph, from y back to xs.
class Sweep {
 public:
  Sweep(const Tensor& y, std::span<const Tensor> xs) : graph_{y.graph()}, y_{y}, xs_{xs} {
    lay_out_results();
    mark_ways_from_xs();
  }

  std::vector<std::optional<Tensor>> run(const Tensor& upstream) {
    receive(y_, upstream);
    for (auto id = y_.node() + 1; id-- > 0;)
      if (graph_.node(id).op() && reached_by_gradient(id)) pass_on(id);
    std::vector<std::optional<Tensor>> gradients;
    for (const auto& x : xs_) gradients.push_back(x.node() <= y_.node() ? arrived(x) : std::nullopt);
    return gradients;
  }

  /// Why nothing arrived at `x`.
  [[noreturn]] void refuse(const Tensor& x, std::source_location where) const;

 private:
  void lay_out_results() {
    first_result_.reserve(y_.node() + 2);
    first_result_.push_back(0);
    for (NodeId id = 0; id <= y_.node(); ++id)
      first_result_.push_back(first_result_.back() + result_count(id));
    arrived_.resize(first_result_.back(), nothing);
  }

  std::uint32_t result_count(NodeId id) const {
    return static_cast<std::uint32_t>(graph_.node(id).results.size());
  }

  /// A gradient is wanted for what xs reach by differentiable steps, and for nothing else.
  void mark_ways_from_xs() {
    wanted_.resize(y_.node() + 1);
    for (const auto& x : xs_)
      if (x.node() <= y_.node()) wanted_[x.node()] = true;
    is_x_ = wanted_;
    for (NodeId id = 0; id <= y_.node(); ++id)
      if (graph_.node(id).op()) wanted_[id] = wanted_[id] || carries_gradient(id);
  }

  bool is_differentiable(const Tensor& tensor) const {
    const auto* op = graph_.node(tensor.node()).op();
    return is_floating(tensor.dtype()) && (!op || op->differentiable(tensor.result_index()));
  }

  /// A result that its rule does not cover carries nothing on, but may itself be asked for.
  bool wants(const Tensor& operand) const {
    return wanted_[operand.node()] && is_floating(operand.dtype()) &&
           (is_differentiable(operand) || is_asked_for(operand));
  }

  bool is_asked_for(const Tensor& tensor) const {
    return is_x_[tensor.node()] &&
           std::any_of(xs_.begin(), xs_.end(), [&](const Tensor& x) { return x.is(tensor); });
  }

  bool carries_gradient(NodeId id) const {
    bool differentiable = false, wanted = false;
    for (std::uint32_t result = 0; result < result_count(id); ++result)
      differentiable = differentiable || is_differentiable({graph_, id, result});
    for (std::size_t index = 0; differentiable && !wanted && index < graph_.operand_count(id); ++index)
      wanted = wants(graph_.operand(id, index));
    return wanted;
  }

  std::optional<Tensor> arrived(const Tensor& tensor) const {
    const auto gradient = arrived_[first_result_[tensor.node()] + tensor.result_index()];
    if (gradient.node == nothing.node) return std::nullopt;
    return Tensor{graph_, gradient.node, gradient.result};
  }

  /// Where ways meet, their gradients are summed.
  void receive(const Tensor& tensor, const Tensor& gradient) {
    const auto former = arrived(tensor);
    const auto sum = former ? *former + gradient : gradient;
    arrived_[first_result_[tensor.node()] + tensor.result_index()] = {sum.node(), sum.result_index()};
  }

  void pass_on(NodeId id) {
    const auto operands = graph_.operands(id);
    std::vector<bool> wanted;
    for (const auto& operand : operands) wanted.push_back(wants(operand));
    if (std::find(wanted.begin(), wanted.end(), true) == wanted.end()) return;
    const auto guard = in_name_of(id);
    const Op op = *graph_.node(id).op();  // the graph grows while the rule runs
    const auto gradients = op.gradient(Applied{graph_, id, wanted}, upstreams_of(id));
    if (gradients.size() != operands.size())
      throw GradientError{fmt::format("the gradient of '{}' has {} entries for {} operands", op.name(),
                                      gradients.size(), operands.size())};
    for (std::size_t index = 0; index < operands.size(); ++index) {
      if (!wanted[index] || !gradients[index]) continue;
      require_same_type(op, operands[index], *gradients[index]);
      receive(operands[index], *gradients[index]);
    }
  }

  /// Whether a gradient arrived at a result that the rule covers.
  bool reached_by_gradient(NodeId id) const {
    for (std::uint32_t result = 0; result < result_count(id); ++result) {
      const Tensor tensor{graph_, id, result};
      if (arrived(tensor) && is_differentiable(tensor)) return true;
    }
    return false;
  }

  Upstreams upstreams_of(NodeId id) const {
    Upstreams upstreams;
    for (std::uint32_t result = 0; result < result_count(id); ++result)
      upstreams.push_back(arrived({graph_, id, result}));
    return upstreams;
  }

  Graph::ContextGuard in_name_of(NodeId id) const {
    const auto& node = graph_.node(id);
    return {graph_, {gradient_scope(node), Role::gradient, id, node.where}};
  }

  static std::string gradient_scope(const Node& node) {
    if (node.role == Role::gradient) return node.scope;
    return node.scope.empty() ? "gradient" : "gradient/" + node.scope;
  }

  static void require_same_type(const Op& op, const Tensor& operand, const Tensor& gradient) {
    if (operand.type() == gradient.type()) return;
    GradientError error{fmt::format("the gradient of '{}' is {} {} for an operand of {} {}", op.name(),
                                    to_string(gradient.shape()), to_string(gradient.dtype()),
                                    to_string(operand.shape()), to_string(operand.dtype()))};
    error.add_context("gradient", {describe(operand)}, operand.graph().node(gradient.node()).where);
    throw error;
  }

  Graph& graph_;
  Tensor y_;
  std::span<const Tensor> xs_;
  std::vector<bool> wanted_, is_x_;  // of each node
  /// The sum so far of what arrived at each result, in the order of nodes; a tensor in as little as can be.
  struct Arrived {
    NodeId node;
    std::uint32_t result;
  };
  static constexpr Arrived nothing{~NodeId{0}, 0};
  std::vector<Arrived> arrived_;
  std::vector<std::uint32_t> first_result_;  // of each node, in `arrived_`
};

void Sweep::refuse(const Tensor& x, std::source_location where) const {
  // Walk forward from x over all ways, differentiable or not, and note the first node that lets no gradient
  // by.
  std::vector<bool> reached(y_.node() + 1);
  std::optional<NodeId> obstacle;
  if (x.node() <= y_.node()) reached[x.node()] = true;
  for (auto id = x.node() + 1; id <= y_.node(); ++id)
    for (const auto& operand : graph_.operands(id))
      if (reached[operand.node()]) {
        reached[id] = true;
        if (!obstacle && !carries_gradient(id)) obstacle = id;
        if (!obstacle && !is_differentiable(operand)) obstacle = operand.node();
      }
  if (!obstacle && !is_differentiable(y_)) obstacle = y_.node();
  const bool connected = x.node() <= y_.node() && reached[y_.node()];
  if (!connected) {
    GradientError error{fmt::format("not connected: '{}' does not reach '{}'", x.name(), y_.name()),
                        "leave it out, or ask for zeros with .unconnected"};
    error.add_context("gradient", {describe(y_), describe(x)}, where);
    throw error;
  }
  const auto& node = graph_.node(obstacle.value_or(x.node()));
  GradientError error{
      node.op()
          ? fmt::format("not differentiable: every way from '{}' to '{}' leads through '{}' ({}), made at {}",
                        x.name(), y_.name(), node.full_name(), node.op()->name(), to_string(node.where))
          : fmt::format("not differentiable: '{}' is {}", x.name(), to_string(x.dtype()))};
  error.add_context("gradient", {describe(y_), describe(x)}, where);
  throw error;
}

void require_differentiable_target(const Tensor& y, const GradientOptions& options) {
  if (!is_floating(y.dtype()))
    throw GradientError{fmt::format("not differentiable: '{}' is {}", y.name(), to_string(y.dtype()))};
  if (!options.upstream && y.rank() != 0)
    throw GradientError{fmt::format("'{}' is {}, not a scalar", y.name(), to_string(y.shape())),
                        "reduce it with sum or mean, or give .upstream"};
  if (options.upstream && options.upstream->type() != y.type())
    throw GradientError{fmt::format("the upstream is {} {}, not {} {}", to_string(options.upstream->shape()),
                                    to_string(options.upstream->dtype()), to_string(y.shape()),
                                    to_string(y.dtype()))};
}

void require_own_graph(const Tensor& y, std::span<const Tensor> xs) {
  for (const auto& x : xs)
    if (&x.graph() != &y.graph()) throw GraphError{fmt::format("'{}' belongs to another graph", x.name())};
}

}  // namespace

std::vector<Tensor> gradient(const Tensor& y, std::span<const Tensor> xs, const GradientOptions& options,
                             std::source_location where) {
  try {
    require_own_graph(y, xs);
    require_differentiable_target(y, options);
  } catch (Error& error) {
    error.add_context("gradient", {describe(y)}, where);
    throw;
  }
  auto& graph = y.graph();
  const Graph::ContextGuard guard{graph, {"gradient", Role::gradient, y.node(), where}};
  Sweep sweep{y, xs};
  const auto arrived = sweep.run(options.upstream ? *options.upstream : filled(y, 1, where));
  std::vector<Tensor> gradients;
  for (std::size_t index = 0; index < xs.size(); ++index) {
    if (!arrived[index] && options.unconnected == GradientOptions::Unconnected::error)
      sweep.refuse(xs[index], where);
    gradients.push_back(arrived[index] ? *arrived[index] : filled(xs[index], 0, where));
  }
  return gradients;
}

Tensor gradient(const Tensor& y, const Tensor& x, const GradientOptions& options,
                std::source_location where) {
  return gradient(y, std::span{&x, 1}, options, where).front();
}

std::vector<Tensor> gradient(const Tensor& y, std::span<const Parameter> xs, const GradientOptions& options,
                             std::source_location where) {
  return gradient(y, std::vector<Tensor>{xs.begin(), xs.end()}, options, where);
}

}  // namespace retrograph
