#include <retrograph/models/optimizers/adam.hpp>
#include <retrograph/models/optimizers/adam_direction.hpp>
#include <retrograph/ops/arithmetic.hpp>

namespace retrograph {

Updates adam(const Tensor& loss, std::span<const Parameter> parameters, const AdamOptions& options,
             std::source_location where) {
  const AdamDirection::Options own{options.beta1, options.beta2, options.epsilon, options.amsgrad};
  AdamDirection::require_valid("adam", own);
  Optimizer optimizer{loss, parameters, common_options(options), where};
  const AdamDirection direction{optimizer, own};
  return optimizer.move_each([&](const Descent& descent) {
    return descent.parameter - descent.rate * direction(descent, descent.decayed_gradient());
  });
}

}  // namespace retrograph
