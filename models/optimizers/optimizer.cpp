#include <retrograph/autograd/gradient.hpp>
#include <retrograph/models/initializers.hpp>
#include <retrograph/models/optimizers/optimizer.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/power.hpp>
#include <retrograph/ops/where.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retrograph {
namespace {

std::string joined(std::string_view outer, std::string_view inner) {
  if (outer.empty() || inner.empty()) return std::string{outer.empty() ? inner : outer};
  return fmt::format("{}/{}", outer, inner);
}

/// Runs `body`; what it throws is told as of the optimizer.
template <class F>
void with_name(const OptimizerOptions& options, const Tensor& loss, std::source_location where, F&& body) {
  try {
    body();
  } catch (Error& error) {
    error.add_context(options.name, {describe(loss)}, where);
    throw;
  }
}

}  // namespace

Graph::Context update_context(const Graph& graph, std::string_view name, std::source_location where) {
  return {joined(graph.context().scope, name), Role::update, {}, where};
}

Graph::Context within(Graph::Context context, const Parameter& parameter) {
  context.scope = joined(context.scope, parameter.graph().node(parameter.node()).scope);
  return context;
}

Parameter new_slot(Graph& graph, std::string_view name, const Type& type, double start) {
  try {
    return graph.slot(std::string{name}, type.shape, retrograph::constant(start), type.dtype);
  } catch (const GraphError& error) {
    throw GraphError{error.reason(), "give each optimizer of the graph a .name of its own"};
  }
}

Parameter new_slot(const Parameter& parameter, std::string_view name, double start) {
  auto& graph = parameter.graph();
  return new_slot(graph, joined(graph.node(parameter.node()).name, name), parameter.type(), start);
}

Optimizer::Optimizer(const Tensor& loss, std::span<const Parameter> parameters, OptimizerOptions options,
                     std::source_location where)
    : graph_{loss.graph()},
      options_{std::move(options)},
      context_{update_context(graph_, options_.name, where)} {
  const auto scope = own_scope();
  with_name(options_, loss, where, [&] {
    if (parameters.empty()) throw GraphError{"there are no parameters to train"};
    const ParameterSettings usual{&options_.learning_rate, options_.weight_decay, false};
    auto settings = settings_of(parameters, usual, options_.groups);
    std::vector<Parameter> moving;
    for (std::size_t index = 0; index < parameters.size(); ++index)
      if (!settings[index].frozen) moving.push_back(parameters[index]);
    std::erase_if(settings, [](const ParameterSettings& s) { return s.frozen; });
    if (moving.empty()) throw GraphError{"all parameters are frozen"};

    const auto gradients = prepared(moving, gradient(loss, moving, {}, where));
    for (std::size_t index = 0; index < moving.size(); ++index) {
      const auto rate = rate_of(*settings[index].learning_rate, moving[index].dtype());
      descents_.push_back({this, moving[index], gradients[index], rate, settings[index].weight_decay});
    }
  });
}

std::vector<Tensor> Optimizer::prepared(std::span<const Parameter> parameters,
                                        std::vector<Tensor> gradients) {
  const auto& handling = options_.gradients;
  if (handling.accumulate < 1)
    throw GraphError{fmt::format("gradients cannot be accumulated over {} runs", handling.accumulate)};
  if (handling.accumulate > 1) gradients = accumulated(parameters, std::move(gradients));
  if (handling.clip_value) gradients = clip_by_value(gradients, *handling.clip_value);
  if (handling.clip_norm) gradients = clip_by_global_norm(gradients, *handling.clip_norm);
  return gradients;
}

/// The mean of the gradients of this run and of those since the parameters moved.
std::vector<Tensor> Optimizer::accumulated(std::span<const Parameter> parameters,
                                           std::vector<Tensor> gradients) {
  const auto runs = options_.gradients.accumulate;
  const auto waiting = slot("waiting", 0, DType::int64);
  moves_ = waiting == runs - 1;
  updates_.push_back(graph_.update(waiting, where(*moves_, 0, waiting + 1)));
  for (std::size_t index = 0; index < gradients.size(); ++index) {
    const auto scope = scope_of(parameters[index]);
    const auto accumulator = new_slot(parameters[index], "accumulated_gradient");
    const auto sum = accumulator + gradients[index];
    updates_.push_back(graph_.update(accumulator, where(*moves_, 0, sum)));
    gradients[index] = sum / static_cast<double>(runs);
  }
  return gradients;
}

/// Each made once for all parameters that share it.
Tensor Optimizer::rate_of(const LearningRate& rate, DType dtype) {
  const Tensor* original = nullptr;
  for (const auto& made : rates_) {
    if (made.rate == &rate && made.tensor.dtype() == dtype) return made.tensor;
    if (made.rate == &rate && rate.schedule()) original = &made.original;
  }
  const auto tensor = original ? *original : first_rate(rate, dtype);
  return rates_.emplace_back(Rate{&rate, tensor, tensor.dtype() == dtype ? tensor : cast(tensor, dtype)})
      .tensor;
}

Tensor Optimizer::first_rate(const LearningRate& rate, DType dtype) {
  const auto tensor = rate.tensor(graph_, dtype, [&] { return cast(steps_before(), DType::float64); });
  const bool is_noted = rate.schedule() && &rate == &options_.learning_rate;
  if (is_noted) update(slot("learning_rate", 0), cast(tensor, DType::float64));
  return tensor;
}

Tensor Optimizer::steps_before() {
  if (steps_before_) return *steps_before_;
  const auto scope = own_scope();
  const auto count = slot("step", 0, DType::int64);
  update(count, count + 1);
  return steps_before_.emplace(count);
}

Tensor Optimizer::step() {
  const auto before = steps_before();
  const auto scope = own_scope();
  return cast(before + 1, DType::float64);
}

Tensor Optimizer::correction(double beta) {
  const auto t = step();
  const auto scope = own_scope();
  return 1 / (1 - pow(beta, t));
}

Parameter Optimizer::slot(std::string_view name, double start, DType dtype) {
  const auto scope = own_scope();
  return new_slot(graph_, name, {dtype, {}}, start);
}

void Optimizer::update(const Parameter& parameter, const Tensor& value) {
  updates_.push_back(graph_.update(parameter, moves_ ? where(*moves_, value, parameter) : value));
}

Graph::ContextGuard Descent::scope() const {
  return optimizer->scope_of(parameter);
}

Tensor Descent::decayed_gradient() const {
  return weight_decay == 0 ? gradient : gradient + weight_decay * parameter;
}

Tensor Descent::decayed_parameter() const {
  return weight_decay == 0 ? Tensor{parameter} : (1 - rate * weight_decay) * parameter;
}

Tensor Descent::running_mean(std::string_view name, double beta, const Tensor& x) const {
  const auto mean = slot(name);
  const auto next = beta * mean + (1 - beta) * x;
  optimizer->update(mean, next);
  return next;
}

void require_fraction(std::string_view optimizer, std::string_view what, double value) {
  if (!(value >= 0 && value < 1))
    throw GraphError{fmt::format("{}: the {} {} is outside [0, 1)", optimizer, what, value)};
}

void require_not_negative(std::string_view optimizer, std::string_view what, double value) {
  if (!(value >= 0 && std::isfinite(value)))
    throw GraphError{fmt::format("{}: the {} {} is negative or not finite", optimizer, what, value)};
}

}  // namespace retrograph
