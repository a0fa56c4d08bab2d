#include <retrograph/models/training/gradient_health.hpp>
#include <retrograph/models/training/tally.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/max.hpp>
#include <retrograph/ops/size.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph {
namespace {

std::string_view op_name(const Tensor& tensor) {
  const auto* op = tensor.graph().node(tensor.node()).op();
  return op ? op->name() : std::string_view{};
}

/// An update that moves its parameter in some runs only, as where gradients accumulate.
struct Move {
  std::optional<Tensor> condition;  // []; if empty, it moves in all
  Tensor value;                     // that the parameter then becomes
};

Move move_of(const Update& update) {
  if (op_name(update.value) != "where") return {{}, update.value};
  auto& graph = update.value.graph();
  const auto operands = graph.operands(update.value.node());
  if (operands[0].rank() != 0 || operands[2].node() != update.parameter.node()) return {{}, update.value};
  return {operands[0], operands[1]};
}

/// What a move to the value takes away from the parameter.
Tensor step_of(const Parameter& parameter, const Tensor& value) {
  if (op_name(value) == "subtract") return value.graph().operand(value.node(), 1);
  return parameter - value;
}

/// The scalar that a step is a multiple of.
std::optional<Tensor> rate_of(const Tensor& step) {
  if (op_name(step) != "multiply") return {};
  for (const auto& factor : step.graph().operands(step.node()))
    if (factor.rank() == 0) return factor;
  return {};
}

/// 0.1 for the float that is nearest to it.
double as_written(const Array& number) {
  return number.dtype() == DType::float32 ? std::stod(fmt::format("{}", number.values<float>()[0]))
                                          : number.scalar();
}

std::string layer_of_parameter(const Tensor& parameter) {
  const auto& node = parameter.graph().node(parameter.node());
  return node.scope.empty() ? node.name : node.scope;
}

/// The nodes that a tensor is made of, in the order of making.
std::vector<NodeId> nodes_before(const Tensor& tensor) {
  auto& graph = tensor.graph();
  std::vector<bool> needed(tensor.node() + 1, false);
  needed[tensor.node()] = true;
  std::vector<NodeId> nodes;
  for (auto id = tensor.node() + 1; id-- > 0;) {
    if (!needed[id]) continue;
    nodes.push_back(id);
    for (const auto& operand : graph.operands(id)) needed[operand.node()] = true;
  }
  std::reverse(nodes.begin(), nodes.end());
  return nodes;
}

/// The axis along which the units of an activation lie: channels of images, features of all else.
std::size_t axis_of_units(const Tensor& activation) {
  constexpr std::size_t rank_of_images = 4;
  return activation.rank() == rank_of_images ? 1 : activation.rank() - 1;
}

Tensor largest_of_each_unit(const Tensor& activation) {
  std::vector<std::int64_t> others;
  for (std::size_t axis = 0; axis < activation.rank(); ++axis)
    if (axis != axis_of_units(activation)) others.push_back(static_cast<std::int64_t>(axis));
  return max(activation, Axes{others});
}

}  // namespace

GradientHealth::GradientHealth(const Tensor& loss, const Updates& updates, const HealthOptions& options) {
  auto& graph = loss.graph();
  const Graph::ContextGuard guard{graph, {"health", Role::update, {}, {}}};
  for (const auto& update : updates)
    if (graph.node(update.parameter.node()).parameter()->trainable) look_at_update(update, options);
  for (const auto id : nodes_before(loss)) look_at_activation({graph, id, 0}, options);
}

void GradientHealth::look_at_update(const Update& update, const HealthOptions& options) {
  if (!is_floating(update.parameter.dtype())) return;
  const auto move = move_of(update);
  if (!moves_) moves_ = move.condition;
  const auto step = step_of(update.parameter, move.value);
  const auto own = layer(layer_of_parameter(update.parameter));
  ask(own, Kind::steps, tally_steps(step, update.parameter, options.too_large, options.too_small));
  if (const auto rate = rate_of(step)) ask(own, Kind::rate, *rate);
}

void GradientHealth::look_at_activation(const Tensor& activation, const HealthOptions& options) {
  const auto name = op_name(activation);
  if (name == "sigmoid" || name == "tanh") {
    const auto input = activation.graph().operand(activation.node(), 0);
    const auto own = layer(layer_of(activation));
    ask(own, Kind::saturated, count_beyond(input, options.saturated));
    ask(own, Kind::inputs, size(input));
  } else if (name == "relu" && activation.rank() >= 2 &&
             activation.shape()[axis_of_units(activation)].is_number()) {
    ask(layer(layer_of(activation)), Kind::alive, largest_of_each_unit(activation));
  }
}

/// Its own scope if that has parameters, else that of the numbers that it is given.
std::string GradientHealth::layer_of(const Tensor& activation) const {
  auto& graph = activation.graph();
  for (auto tensor = activation;;) {
    const auto& node = graph.node(tensor.node());
    if (std::find(names_.begin(), names_.end(), node.scope) != names_.end()) return node.scope;
    const auto operands = graph.operands(tensor.node());
    for (const auto& operand : operands)
      if (const auto name = layer_of_parameter(operand);
          graph.node(operand.node()).parameter() &&
          std::find(names_.begin(), names_.end(), name) != names_.end())
        return name;
    if (operands.empty()) return graph.node(activation.node()).full_name();
    tensor = operands.front();
  }
}

std::size_t GradientHealth::layer(const std::string& name) {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found != names_.end()) return static_cast<std::size_t>(found - names_.begin());
  names_.push_back(name);
  return names_.size() - 1;
}

void GradientHealth::ask(std::size_t layer, Kind kind, const Tensor& output) {
  outputs_.push_back(output);
  looks_.push_back({layer, kind});
}

void GradientHealth::add(const Results& results, std::size_t first, std::vector<LayerHealth>& layers) const {
  for (auto index = layers.size(); index < names_.size(); ++index) layers.push_back({.layer = names_[index]});
  for (auto& layer : layers) ++layer.looks;
  for (std::size_t index = 0; index < looks_.size(); ++index) {
    const auto& numbers = results.at(first + index);
    auto& layer = layers[looks_[index].layer];
    const auto tally = [&](Tally which) { return numbers.at(static_cast<std::int64_t>(which)); };
    const auto count = [&](Tally which) { return static_cast<std::int64_t>(tally(which)); };
    switch (looks_[index].kind) {
      case Kind::steps:
        layer.too_large += count(Tally::too_large);
        layer.too_small += count(Tally::too_small);
        layer.not_finite += count(Tally::not_finite);
        layer.zero += count(Tally::zero);
        layer.largest = std::max(layer.largest, tally(Tally::largest));
        layer.step_squares += tally(Tally::step_squares);
        layer.weight_squares += tally(Tally::weight_squares);
        layer.steps +=
            element_count(outputs_[index].graph().operand(outputs_[index].node(), 0).shape().evaluate({}));
        break;
      case Kind::rate:
        layer.rate = as_written(numbers);
        break;
      case Kind::saturated:
        layer.saturated += static_cast<std::int64_t>(numbers.scalar());
        break;
      case Kind::inputs:
        layer.inputs += static_cast<std::int64_t>(numbers.scalar());
        break;
      case Kind::alive:
        layer.alive.resize(static_cast<std::size_t>(numbers.size()), 0);
        for (std::int64_t unit = 0; unit < numbers.size(); ++unit)
          if (numbers.at(unit) > 0) layer.alive[static_cast<std::size_t>(unit)] = 1;
        break;
    }
  }
}

}  // namespace retrograph
