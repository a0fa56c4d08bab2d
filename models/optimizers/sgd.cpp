#include <retrograph/models/optimizers/optimizer.hpp>
#include <retrograph/models/optimizers/sgd.hpp>
#include <retrograph/ops/arithmetic.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

void require_valid(const SgdOptions& options) {
  if (!(options.momentum >= 0 && options.momentum < 1))
    throw GraphError{fmt::format("sgd: the momentum {} is outside [0, 1)", options.momentum)};
  if (options.nesterov && options.momentum == 0)
    throw GraphError{"sgd: nesterov without momentum is plain descent", "set .momentum, to 0.9 for example"};
}

/// Which way to go; a velocity that is needed for it adds its update.
Tensor direction(const Descent& descent, const SgdOptions& options, Updates& updates) {
  const auto& g = descent.gradient;
  if (options.momentum == 0) return g;
  const auto slot = descent.slot("velocity");
  const auto velocity = options.momentum * slot + g;
  updates.push_back(slot.graph().update(slot, velocity));
  return options.nesterov ? g + options.momentum * velocity : velocity;
}

}  // namespace

Updates sgd(const Tensor& loss, std::span<const Parameter> parameters, const SgdOptions& options,
            std::source_location where) {
  require_valid(options);
  auto& graph = loss.graph();
  const auto guard = update_scope(graph, "sgd", where);
  Updates updates;
  for (const auto& descent : descents(loss, parameters, {options.learning_rate, options.rates}, where)) {
    const auto scope = descent.scope();
    const auto step = descent.rate * direction(descent, options, updates);
    updates.push_back(graph.update(descent.parameter, descent.parameter - step));
  }
  return updates;
}

}  // namespace retrograph
