#include <retrograph/models/initializers.hpp>
#include <retrograph/models/optimizers/adam.hpp>
#include <retrograph/models/optimizers/optimizer.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/power.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

void require_valid(const AdamOptions& options) {
  for (const auto beta : {options.beta1, options.beta2})
    if (!(beta >= 0 && beta < 1)) throw GraphError{fmt::format("adam: the beta {} is outside [0, 1)", beta)};
  if (!(options.epsilon >= 0))
    throw GraphError{fmt::format("adam: the epsilon {} is negative", options.epsilon)};
}

/// The sum of the weights in a running mean that started at 0, after t numbers.
Tensor sum_of_weights(double beta, const Tensor& t) {
  return 1 - pow(beta, cast(t, DType::float64));
}

}  // namespace

Updates adam(const Tensor& loss, std::span<const Parameter> parameters, const AdamOptions& options,
             std::source_location where) {
  require_valid(options);
  auto& graph = loss.graph();
  const auto guard = update_scope(graph, "adam", where);
  const auto all = descents(loss, parameters, {options.learning_rate, options.rates}, where);

  const auto step = graph.slot("step", {}, zeros(), DType::int64);
  const auto t = step + 1;
  const auto first_weights = sum_of_weights(options.beta1, t);
  const auto second_weights = sum_of_weights(options.beta2, t);
  Updates updates{graph.update(step, t)};
  for (const auto& descent : all) {
    const auto scope = descent.scope();
    const auto& [parameter, g, rate] = descent;
    const auto first_slot = descent.slot("first_moment"), second_slot = descent.slot("second_moment");
    const auto first = options.beta1 * first_slot + (1 - options.beta1) * g;
    const auto second = options.beta2 * second_slot + (1 - options.beta2) * square(g);
    const auto first_rate = rate / cast(first_weights, parameter.dtype());
    const auto root = sqrt(second / cast(second_weights, parameter.dtype()));
    updates.push_back(graph.update(first_slot, first));
    updates.push_back(graph.update(second_slot, second));
    updates.push_back(graph.update(parameter, parameter - first_rate * first / (root + options.epsilon)));
  }
  return updates;
}

}  // namespace retrograph
