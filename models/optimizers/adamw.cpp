#include <retrograph/models/optimizers/adam_direction.hpp>
#include <retrograph/models/optimizers/adamw.hpp>
#include <retrograph/ops/arithmetic.hpp>

namespace retrograph {

Updates adamw(const Tensor& loss, std::span<const Parameter> parameters, const AdamwOptions& options,
              std::source_location where) {
  const AdamDirection::Options own{options.beta1, options.beta2, options.epsilon, options.amsgrad};
  AdamDirection::require_valid("adamw", own);
  Optimizer optimizer{loss, parameters, common_options(options), where};
  const AdamDirection direction{optimizer, own};
  return optimizer.move_each([&](const Descent& descent) {
    return descent.decayed_parameter() - descent.rate * direction(descent, descent.gradient);
  });
}

}  // namespace retrograph
