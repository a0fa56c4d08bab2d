#include <retrograph/models/optimizers/gradient_handling.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/maximum.hpp>
#include <retrograph/ops/power.hpp>
#include <retrograph/ops/sum.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

void require_limit(double limit) {
  if (!(limit > 0)) throw GraphError{fmt::format("gradients cannot be clipped to {}", limit)};
}

}  // namespace

std::vector<Tensor> clip_by_value(std::span<const Tensor> gradients, double limit) {
  require_limit(limit);
  std::vector<Tensor> clipped;
  for (const auto& gradient : gradients) clipped.push_back(minimum(maximum(gradient, -limit), limit));
  return clipped;
}

std::vector<Tensor> clip_by_global_norm(std::span<const Tensor> gradients, double limit) {
  require_limit(limit);
  if (gradients.empty()) return {};
  const auto factor = minimum(limit / global_norm(gradients), 1);
  std::vector<Tensor> clipped;
  for (const auto& gradient : gradients) clipped.push_back(gradient * cast(factor, gradient.dtype()));
  return clipped;
}

Tensor global_norm(std::span<const Tensor> gradients) {
  if (gradients.empty()) throw GraphError{"the norm of no gradients was asked for"};
  const auto squares = [](const Tensor& gradient) { return cast(sum(square(gradient)), DType::float64); };
  auto all = squares(gradients[0]);
  for (const auto& gradient : gradients.subspan(1)) all = all + squares(gradient);
  return sqrt(all);
}

}  // namespace retrograph
