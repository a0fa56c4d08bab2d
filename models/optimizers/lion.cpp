#include <retrograph/models/optimizers/lion.hpp>
#include <retrograph/models/optimizers/optimizer.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/sign.hpp>

namespace retrograph {

Updates lion(const Tensor& loss, std::span<const Parameter> parameters, const LionOptions& options,
             std::source_location where) {
  require_fraction("lion", "beta", options.beta1);
  require_fraction("lion", "beta", options.beta2);
  Optimizer optimizer{loss, parameters, common_options(options), where};
  return optimizer.move_each([&](const Descent& descent) {
    const auto slot = descent.slot("momentum");
    // beta * slot + (1 - beta) * gradient for both betas, by what they share: one pass over the numbers.
    const auto change = descent.gradient - slot;
    const auto direction = sign(slot + (1 - options.beta1) * change);
    optimizer.update(slot, slot + (1 - options.beta2) * change);
    return descent.decayed_parameter() - descent.rate * direction;
  });
}

}  // namespace retrograph
