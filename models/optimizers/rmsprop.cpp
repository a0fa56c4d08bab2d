#include <retrograph/models/optimizers/optimizer.hpp>
#include <retrograph/models/optimizers/rmsprop.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/maximum.hpp>
#include <retrograph/ops/power.hpp>

namespace retrograph {
namespace {

void require_valid(const RmspropOptions& options) {
  require_fraction("rmsprop", "alpha", options.alpha);
  require_fraction("rmsprop", "momentum", options.momentum);
  require_not_negative("rmsprop", "epsilon", options.epsilon);
}

}  // namespace

Updates rmsprop(const Tensor& loss, std::span<const Parameter> parameters, const RmspropOptions& options,
                std::source_location where) {
  require_valid(options);
  Optimizer optimizer{loss, parameters, common_options(options), where};
  return optimizer.move_each([&](const Descent& descent) {
    const auto g = descent.decayed_gradient();
    auto size = descent.running_mean("second_moment", options.alpha, square(g));
    if (options.centered)
      size = maximum(size - square(descent.running_mean("first_moment", options.alpha, g)), 0);
    const auto direction = g / (sqrt(size) + options.epsilon);
    if (options.momentum == 0) return descent.parameter - descent.rate * direction;
    const auto slot = descent.slot("velocity");
    const auto velocity = options.momentum * slot + direction;
    optimizer.update(slot, velocity);
    return descent.parameter - descent.rate * velocity;
  });
}

}  // namespace retrograph
