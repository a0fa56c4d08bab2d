#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/normalized.hpp>
#include <retrograph/ops/operand.hpp>
#include <retrograph/ops/power.hpp>

#include <fmt/format.h>

#include <cmath>

namespace retrograph {

Tensor normalized(const Tensor& x, const Tensor& mean, const Tensor& variance, double epsilon,
                  const Tensor& scale, const Tensor& shift) {
  return (x - mean) * (rsqrt(variance + epsilon) * scale) + shift;
}

void require_normalizable(std::span<const Tensor> operands, double epsilon) {
  if (!(epsilon >= 0) || !std::isfinite(epsilon))
    throw GraphError{fmt::format("epsilon is {}", epsilon), "it must be at least 0"};
  Types types;
  for (const auto& operand : operands) types.push_back(operand.type());
  require_same_dtype(types);
  if (!is_floating(types[0].dtype))
    throw TypeError{fmt::format("is not defined for {}", to_string(types[0].dtype)),
                    "convert the operands with cast"};
}

Graph::ContextGuard made_at(Graph& graph, std::source_location where) {
  auto context = graph.context();
  if (!context.where) context.where = where;
  return {graph, std::move(context)};
}

}  // namespace retrograph
