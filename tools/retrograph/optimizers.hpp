#pragma once

#include <retrograph/models/optimizers/reduce_on_plateau.hpp>
#include <retrograph/models/optimizers/weight_average.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace retrograph::program {

/// What the command line says of the optimizer. What is left out is as usual for the one that is chosen.
struct OptimizerChoice {
  std::string name = "sgd";
  std::optional<double> learning_rate, momentum, weight_decay, clip_norm, clip_value;
  bool nesterov = false, amsgrad = false, centered = false;
  std::optional<std::int64_t> history;
  std::int64_t accumulate = 1;
  std::vector<std::pair<std::string, double>> layer_rates, layer_decays;  // of scopes
  std::vector<std::string> frozen;                                        // scopes
  std::string schedule = "constant";
  std::optional<double> schedule_factor;
  std::optional<std::int64_t> schedule_every, schedule_patience;  // epochs
  std::int64_t warm_up = 0;                                       // steps
  std::optional<double> average;                                  // the decay of the weights' running average
  std::int64_t epochs = 1, batches = 1;                           // of the training, and of each epoch

  /// How often the parameters move in so many epochs.
  std::int64_t steps_of(std::int64_t of_epochs) const { return of_epochs * batches / accumulate; }
};

/// The names there are.
const std::vector<std::string>& optimizer_names();
const std::vector<std::string>& schedule_names();

/// An option that the optimizer has not, or that lacks another: how the command line is wrong.
struct WrongOption {
  std::string option, reason;
};
std::optional<WrongOption> wrong_option(const OptimizerChoice& choice);

/// How the parameters move, and what else of it the training needs to know.
struct Training {
  Updates updates;
  std::optional<ReduceOnPlateau> plateau = {};  // to be told of each epoch's loss
  std::optional<WeightAverage> average = {};    // whose updates these are
};

/// Throws GraphError, in the words of the command line, for a scope that is none.
Training make_training(const Tensor& loss, const OptimizerChoice& choice);

/// The learning rates of the last step, each [], float64: the usual one, and that of each of the choice's
/// `layer_rates`. They are made once for a training, as nodes of its graph that read its slots.
std::vector<Tensor> last_rates(Graph& graph, const OptimizerChoice& choice, const Training& training);

/// "sgd 0.1 (output: 0.01), momentum 0.9".
std::string describe(const OptimizerChoice& choice);

}  // namespace retrograph::program
