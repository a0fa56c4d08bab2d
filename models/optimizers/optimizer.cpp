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

Optimizer::Optimizer(const Tensor& loss, std::span<const Parameter> parameters, OptimizerOptions options,
                     std::source_location where)
    : graph_{loss.graph()},
      options_{std::move(options)},
      context_{joined(graph_.context().scope, options_.name), Role::update, {}, where} {
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
  const auto waiting = new_slot("waiting", {}, 0, DType::int64);
  moves_ = waiting == runs - 1;
  updates_.push_back(graph_.update(waiting, where(*moves_, 0, waiting + 1)));
  for (std::size_t index = 0; index < gradients.size(); ++index) {
    const auto scope = scope_of(parameters[index]);
    const auto& parameter = parameters[index];
    const auto slot = new_slot(joined(graph_.node(parameter.node()).name, "accumulated_gradient"),
                               parameter.shape(), 0, parameter.dtype());
    const auto sum = slot + gradients[index];
    updates_.push_back(graph_.update(slot, where(*moves_, 0, sum)));
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
  const auto slot = new_slot("step", {}, 0, DType::int64);
  update(slot, slot + 1);
  return steps_before_.emplace(slot);
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

Parameter Optimizer::slot(std::string_view name, double start) {
  const auto scope = own_scope();
  return new_slot(std::string{name}, {}, start, DType::float64);
}

Parameter Optimizer::new_slot(std::string name, Shape shape, double start, DType dtype) {
  try {
    return graph_.slot(std::move(name), std::move(shape), retrograph::constant(start), dtype);
  } catch (const GraphError& error) {
    throw GraphError{error.reason(), "give each optimizer of the graph a name of its own: .name = \"" +
                                         options_.name + "_2\""};
  }
}

void Optimizer::update(const Parameter& parameter, const Tensor& value) {
  updates_.push_back(graph_.update(parameter, moves_ ? where(*moves_, value, parameter) : value));
}

Graph::ContextGuard Optimizer::scope_of(const Parameter& parameter) {
  auto context = context_;
  context.scope = joined(context.scope, graph_.node(parameter.node()).scope);
  return {graph_, std::move(context)};
}

Tensor Descent::decayed_gradient() const {
  return weight_decay == 0 ? gradient : gradient + weight_decay * parameter;
}

Tensor Descent::decayed_parameter() const {
  return weight_decay == 0 ? Tensor{parameter} : (1 - rate * weight_decay) * parameter;
}

Parameter Descent::slot(std::string_view name, double start) const {
  return optimizer->new_slot(joined(parameter.graph().node(parameter.node()).name, name), parameter.shape(),
                             start, parameter.dtype());
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
