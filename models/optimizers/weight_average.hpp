#pragma once

#include <retrograph/graph/state.hpp>

namespace retrograph {

struct WeightAverageOptions {
  double decay = 0.999;
  std::int64_t every = 1;  // runs between two that count; as many as gradients accumulate over
  std::string name = "average";
};

/// Updates, and with them a running average of the weights, whose predictions are often better than those of
/// the last weights.
struct WeightAverage {
  Updates updates;  // for the executable that trains

  struct Shadow {
    Parameter parameter, average;
  };
  std::vector<Shadow> shadows;

  /// A state to evaluate with: each parameter is its average, once there is one.
  State averaged(const State& state) const;

  Parameter runs;      // how many there were, int64
  std::int64_t every;  // so many make one that counts
};

/// Adds to the updates of an optimizer an exponential moving average of the parameters they train.
///
///     average <- decay * average + (1 - decay) * parameter        with the parameter's new value
///     average <- parameter                                        in the first run that counts
///
/// updates  as an optimizer gave them
/// returns  these, an update of the slot `average/<parameter>` for each parameter that is no slot, and of the
///          slot `average/runs`, int64
///
/// As in PyTorch's AveragedModel with get_ema_multi_avg_fn. Source: Polyak, Juditsky: "Acceleration of
/// stochastic approximation by averaging", SIAM Journal on Control and Optimization 30, 1992, for the mean;
/// with weights that fall off, Tarvainen, Valpola: "Mean teachers are better role models", NeurIPS 2017,
/// section 2. Throws GraphError for a decay outside [0, 1), an `every` below 1, updates of no parameter, or
/// a name that is taken.
WeightAverage average_weights(Updates updates, const WeightAverageOptions& options = {},
                              std::source_location where = std::source_location::current());

}  // namespace retrograph
