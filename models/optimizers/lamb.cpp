#include <retrograph/models/optimizers/adam_direction.hpp>
#include <retrograph/models/optimizers/lamb.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/logical.hpp>
#include <retrograph/ops/power.hpp>
#include <retrograph/ops/sum.hpp>
#include <retrograph/ops/where.hpp>

namespace retrograph {
namespace {

Tensor norm(const Tensor& x) {
  return sqrt(sum(square(x)));
}

Tensor trust(const Tensor& parameter, const Tensor& r) {
  const auto own = norm(parameter), length = norm(r);
  return where(logical_and(own > 0, length > 0), own / length, 1);
}

}  // namespace

Updates lamb(const Tensor& loss, std::span<const Parameter> parameters, const LambOptions& options,
             std::source_location where) {
  const AdamDirection::Options own{options.beta1, options.beta2, options.epsilon};
  AdamDirection::require_valid("lamb", own);
  Optimizer optimizer{loss, parameters, common_options(options), where};
  const AdamDirection direction{optimizer, own};
  return optimizer.move_each([&](const Descent& descent) {
    const auto& parameter = descent.parameter;
    const auto adam = direction(descent, descent.gradient);
    const auto r = descent.weight_decay == 0 ? adam : adam + descent.weight_decay * parameter;
    return parameter - descent.rate * trust(parameter, r) * r;
  });
}

}  // namespace retrograph
