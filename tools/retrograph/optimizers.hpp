#pragma once

#include <retrograph/graph/graph.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace retrograph::program {

/// What the command line says of the optimizer. What is left out is as usual for the one that is chosen.
struct OptimizerChoice {
  std::string name = "sgd";
  std::optional<double> learning_rate, momentum, weight_decay, clip_norm;
  std::int64_t accumulate = 1;
  std::vector<std::pair<std::string, double>> layer_rates;  // of scopes
  std::vector<std::string> frozen;                          // scopes
  std::string schedule = "constant";
  std::int64_t warm_up = 0;  // steps
  std::int64_t steps = 0;    // of the whole training, for schedules that end with it
};

/// The names there are.
const std::vector<std::string>& optimizer_names();
const std::vector<std::string>& schedule_names();

/// Throws GraphError, in the words of the command line, for a scope that is none and for a momentum where the
/// optimizer has none.
Updates make_updates(const Tensor& loss, const OptimizerChoice& choice);

/// "sgd 0.1 (output: 0.01), momentum 0.9".
std::string describe(const OptimizerChoice& choice);

}  // namespace retrograph::program
