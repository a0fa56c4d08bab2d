#include <retrograph/models/optimizers/optimizer.hpp>
#include <retrograph/models/optimizers/sgd.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/comparison.hpp>

namespace retrograph {
namespace {

void require_valid(const SgdOptions& options) {
  require_fraction("sgd", "momentum", options.momentum);
  require_fraction("sgd", "dampening", options.dampening);
  const auto momentum_hint = "set .momentum, to 0.9 for example";
  if (options.nesterov && options.momentum == 0)
    throw GraphError{"sgd: nesterov without momentum is plain descent", momentum_hint};
  if (options.dampening > 0 && options.momentum == 0)
    throw GraphError{"sgd: dampening without momentum has no velocity to dampen", momentum_hint};
  if (options.nesterov && options.dampening > 0)
    throw GraphError{"sgd: nesterov's step is not defined with dampening", "leave one of them out"};
}

/// What the gradient counts for in the velocity: dampened, but for the first.
std::optional<Tensor> gradient_weight(Optimizer& optimizer, const SgdOptions& options) {
  if (options.dampening == 0) return {};
  const auto is_later = cast(optimizer.step() > 1, DType::float64);
  return 1 - options.dampening * is_later;
}

}  // namespace

Updates sgd(const Tensor& loss, std::span<const Parameter> parameters, const SgdOptions& options,
            std::source_location where) {
  require_valid(options);
  Optimizer optimizer{loss, parameters, common_options(options), where};
  const auto weight = gradient_weight(optimizer, options);
  return optimizer.move_each([&](const Descent& descent) {
    const auto& parameter = descent.parameter;
    // parameter - rate * (gradient + weight_decay * parameter), as one product that adds to the parameter.
    if (options.momentum == 0) return descent.decayed_parameter() - descent.rate * descent.gradient;
    const auto g = descent.decayed_gradient();
    const auto slot = descent.slot("velocity");
    const auto velocity = options.momentum * slot + (weight ? cast(*weight, g.dtype()) * g : g);
    optimizer.update(slot, velocity);
    return parameter - descent.rate * (options.nesterov ? g + options.momentum * velocity : velocity);
  });
}

}  // namespace retrograph
