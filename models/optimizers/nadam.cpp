#include <retrograph/models/optimizers/adam_direction.hpp>
#include <retrograph/models/optimizers/nadam.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/power.hpp>

namespace retrograph {
namespace {

/// What the gradient and its mean count for: scalars, float64.
struct Weights {
  Tensor gradient, first;
};

Weights weights(Optimizer& optimizer, const NadamOptions& options) {
  const auto t = optimizer.step();
  const auto momentum = [&](const Tensor& step) {
    return options.beta1 * (1 - 0.5 * pow(0.96, step * options.momentum_decay));
  };
  const auto slot = optimizer.slot("momentum_product", 1);
  const auto now = momentum(t), next = momentum(t + 1);
  const auto product = slot * now;
  optimizer.update(slot, product);
  return {(1 - now) / (1 - product), next / (1 - product * next)};
}

}  // namespace

Updates nadam(const Tensor& loss, std::span<const Parameter> parameters, const NadamOptions& options,
              std::source_location where) {
  const AdamDirection::Options own{options.beta1, options.beta2, options.epsilon};
  AdamDirection::require_valid("nadam", own);
  require_not_negative("nadam", "momentum_decay", options.momentum_decay);
  Optimizer optimizer{loss, parameters, common_options(options), where};
  const auto [of_gradient, of_first] = weights(optimizer, options);
  const auto correction = optimizer.correction(options.beta2);
  return optimizer.move_each([&](const Descent& descent) {
    const bool decoupled = options.decoupled_weight_decay;
    const auto g = decoupled ? descent.gradient : descent.decayed_gradient();
    const auto first = descent.running_mean("first_moment", options.beta1, g);
    const auto second = descent.running_mean("second_moment", options.beta2, square(g));
    const auto size = sqrt(cast(correction, g.dtype()) * second) + options.epsilon;
    const auto direction = cast(of_gradient, g.dtype()) * g + cast(of_first, g.dtype()) * first;
    const auto from = decoupled ? descent.decayed_parameter() : Tensor{descent.parameter};
    return from - descent.rate * (direction / size);
  });
}

}  // namespace retrograph
