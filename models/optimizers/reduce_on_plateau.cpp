#include <retrograph/models/initializers.hpp>
#include <retrograph/models/optimizers/optimizer.hpp>
#include <retrograph/models/optimizers/reduce_on_plateau.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace retrograph {
namespace {

const PlateauOptions& valid(const PlateauOptions& options, double learning_rate) {
  require_not_negative("reduce_on_plateau", "learning rate", learning_rate);
  require_fraction("reduce_on_plateau", "factor", options.factor);
  require_not_negative("reduce_on_plateau", "patience", static_cast<double>(options.patience));
  require_not_negative("reduce_on_plateau", "threshold", options.threshold);
  require_not_negative("reduce_on_plateau", "cooldown", static_cast<double>(options.cooldown));
  require_not_negative("reduce_on_plateau", "least rate", options.least_rate);
  return options;
}

Parameter slot(Graph& graph, const PlateauOptions& options, std::source_location where, std::string_view name,
               DType dtype, double start) {
  const Graph::ContextGuard scope{graph, update_context(graph, options.name, where)};
  return new_slot(graph, name, {dtype, {}}, start);
}

}  // namespace

ReduceOnPlateau::ReduceOnPlateau(Graph& graph, double learning_rate, const PlateauOptions& options,
                                 std::source_location where)
    : options_{valid(options, learning_rate)},
      rate_{slot(graph, options, where, "learning_rate", DType::float64, learning_rate)},
      best_{slot(graph, options, where, "best", DType::float64, std::numeric_limits<double>::max())},
      stalled_{slot(graph, options, where, "stalled", DType::int64, 0)},
      cooldown_{slot(graph, options, where, "cooldown", DType::int64, 0)} {}

bool ReduceOnPlateau::observe(State& state, double loss) const {
  auto& rate = state[rate_].values<double>()[0];
  auto& best = state[best_].values<double>()[0];
  auto& stalled = state[stalled_].values<std::int64_t>()[0];
  auto& cooldown = state[cooldown_].values<std::int64_t>()[0];
  if (loss < best - options_.threshold * std::abs(best)) {
    best = loss;
    stalled = 0;
  } else {
    ++stalled;
  }
  if (cooldown > 0) {
    --cooldown;
    stalled = 0;
  }
  if (stalled <= options_.patience) return false;
  stalled = 0;
  cooldown = options_.cooldown;
  const auto lowered = std::max(rate * options_.factor, std::min(rate, options_.least_rate));
  const bool is_lower = lowered < rate;
  rate = lowered;
  return is_lower;
}

}  // namespace retrograph
