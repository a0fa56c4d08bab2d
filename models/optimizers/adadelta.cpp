#include <retrograph/models/optimizers/adadelta.hpp>
#include <retrograph/models/optimizers/optimizer.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/power.hpp>

namespace retrograph {

Updates adadelta(const Tensor& loss, std::span<const Parameter> parameters, const AdadeltaOptions& options,
                 std::source_location where) {
  require_fraction("adadelta", "rho", options.rho);
  require_not_negative("adadelta", "epsilon", options.epsilon);
  Optimizer optimizer{loss, parameters, common_options(options), where};
  return optimizer.move_each([&](const Descent& descent) {
    const auto g = descent.decayed_gradient();
    const auto squares = descent.running_mean("squared_gradients", options.rho, square(g));
    const auto steps = descent.slot("squared_steps");
    const auto step = sqrt(steps + options.epsilon) / sqrt(squares + options.epsilon) * g;
    optimizer.update(steps, options.rho * steps + (1 - options.rho) * square(step));
    return descent.parameter - descent.rate * step;
  });
}

}  // namespace retrograph
