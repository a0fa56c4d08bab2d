#include <retrograph/models/initializers.hpp>
#include <retrograph/models/optimizers/optimizer.hpp>
#include <retrograph/models/optimizers/weight_average.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/where.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph {
namespace {

bool is_trained(const Parameter& parameter) {
  return parameter.graph().node(parameter.node()).parameter()->trainable;
}

void require_valid(const Updates& updates, const WeightAverageOptions& options) {
  require_fraction("average_weights", "decay", options.decay);
  if (options.every < 1)
    throw GraphError{fmt::format("average_weights: not every {} runs can count", options.every)};
  const auto trains = [](const Update& update) { return is_trained(update.parameter); };
  if (std::none_of(updates.begin(), updates.end(), trains))
    throw GraphError{"average_weights: the updates train no parameter", "pass those of an optimizer"};
}

/// What the average so far counts for in this run: 0 in the first that counts, 1 in those that do not.
Tensor weight_of_past(const Tensor& run, const WeightAverageOptions& options) {
  const auto is_first = run == options.every;
  const auto counts = run == run / options.every * options.every;
  const auto decay = constant(run.graph(), options.decay, DType::float64);
  return where(is_first, 0, where(counts, decay, 1));
}

}  // namespace

WeightAverage average_weights(Updates updates, const WeightAverageOptions& options,
                              std::source_location where) {
  require_valid(updates, options);
  auto& graph = updates[0].value.graph();
  const auto context = update_context(graph, options.name, where);
  const Graph::ContextGuard scope{graph, context};
  const auto runs = new_slot(graph, "runs", {DType::int64, {}}, 0);
  const auto run = runs + 1;
  const auto past = weight_of_past(run, options), present = 1 - past;
  WeightAverage all{updates, {}, runs, options.every};
  all.updates.push_back(graph.update(runs, run));
  for (const auto& [parameter, value] : updates) {
    if (!is_trained(parameter)) continue;
    const Graph::ContextGuard inner{graph, within(context, parameter)};
    const auto average = new_slot(parameter, "", 0);
    const auto next = cast(past, value.dtype()) * average + cast(present, value.dtype()) * value;
    all.updates.push_back(graph.update(average, next));
    all.shadows.push_back({parameter, average});
  }
  return all;
}

State WeightAverage::averaged(const State& state) const {
  auto averaged = state;
  if (state[runs].scalar() < static_cast<double>(every)) return averaged;
  for (const auto& [parameter, average] : shadows) averaged[parameter] = state[average];
  return averaged;
}

}  // namespace retrograph
