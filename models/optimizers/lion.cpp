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
    const auto& g = descent.gradient;
    const auto slot = descent.slot("momentum");
    const auto next = options.beta2 * slot + (1 - options.beta2) * g;
    // beta1 * slot + (1 - beta1) * g, made from `next` so that both come of one pass over the numbers.
    const auto mix = next + (options.beta1 - options.beta2) * (slot - g);
    optimizer.update(slot, next);
    return descent.decayed_parameter() - descent.rate * sign(mix);
  });
}

}  // namespace retrograph
