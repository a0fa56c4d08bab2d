#include <retrograph/models/optimizers/adam_direction.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/maximum.hpp>
#include <retrograph/ops/power.hpp>

namespace retrograph {

void AdamDirection::require_valid(std::string_view optimizer, const Options& options) {
  require_fraction(optimizer, "beta", options.beta1);
  require_fraction(optimizer, "beta", options.beta2);
  require_not_negative(optimizer, "epsilon", options.epsilon);
}

AdamDirection::AdamDirection(Optimizer& optimizer, const Options& options)
    : optimizer_{optimizer},
      options_{options},
      first_correction_{optimizer.correction(options.beta1)},
      second_correction_{optimizer.correction(options.beta2)} {}

Tensor AdamDirection::operator()(const Descent& descent, const Tensor& g) const {
  const auto first = descent.running_mean("first_moment", options_.beta1, g);
  return cast(first_correction_, g.dtype()) * first / size(descent, g);
}

Tensor AdamDirection::size(const Descent& descent, const Tensor& g) const {
  auto second = descent.running_mean("second_moment", options_.beta2, square(g));
  if (options_.amsgrad) {
    const auto slot = descent.slot("largest_second_moment");
    second = maximum(slot, second);
    optimizer_.update(slot, second);
  }
  return sqrt(cast(second_correction_, g.dtype()) * second) + options_.epsilon;
}

}  // namespace retrograph
