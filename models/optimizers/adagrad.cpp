#include <retrograph/models/optimizers/adagrad.hpp>
#include <retrograph/models/optimizers/optimizer.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/power.hpp>

namespace retrograph {
namespace {

void require_valid(const AdagradOptions& options) {
  require_not_negative("adagrad", "rate_decay", options.rate_decay);
  require_not_negative("adagrad", "initial_accumulator", options.initial_accumulator);
  require_not_negative("adagrad", "epsilon", options.epsilon);
}

/// What the rate is divided by.
std::optional<Tensor> age(Optimizer& optimizer, const AdagradOptions& options) {
  if (options.rate_decay == 0) return {};
  return 1 + (optimizer.step() - 1) * options.rate_decay;
}

}  // namespace

Updates adagrad(const Tensor& loss, std::span<const Parameter> parameters, const AdagradOptions& options,
                std::source_location where) {
  require_valid(options);
  Optimizer optimizer{loss, parameters, common_options(options), where};
  const auto divisor = age(optimizer, options);
  return optimizer.move_each([&](const Descent& descent) {
    const auto g = descent.decayed_gradient();
    const auto slot = descent.slot("sum_of_squares", options.initial_accumulator);
    const auto sum = slot + square(g);
    optimizer.update(slot, sum);
    const auto rate = divisor ? descent.rate / cast(*divisor, g.dtype()) : descent.rate;
    return descent.parameter - rate * (g / (sqrt(sum) + options.epsilon));
  });
}

}  // namespace retrograph
