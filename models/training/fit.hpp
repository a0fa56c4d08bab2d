#pragma once

#include <retrograph/models/optimizers/weight_average.hpp>
#include <retrograph/models/training/checkpoint.hpp>
#include <retrograph/models/training/evaluate.hpp>

#include <functional>
#include <stop_token>

namespace retrograph {

/// Ends a training that has stopped to get better.
struct EarlyStopping {
  std::int64_t patience = 5;  // epochs without a new least validation loss
  double least_gain = 0;      // a loss must be lower by more than this to be a new least
};

/// Saves a training again and again, so that it can go on after a kill or a power cut.
struct CheckpointOptions {
  std::filesystem::path file;
  std::int64_t every_steps = 0;  // as well as after each epoch; 0: only then
  std::string settings = {};     // kept in the file
};

struct FitOptions {
  std::int64_t epochs = 5;
  std::int64_t batch_size = 64;
  int threads = 0;            // 0: as many as the machine has
  bool check_finite = false;  // stop at the first node whose result is not finite
  // The model as it will be used, without dropout for example or with running statistics, to evaluate with:
  // in a graph of its own with parameters of the same names. If left empty, the model that is trained.
  std::optional<Classifier> in_use = {};
  std::optional<WeightAverage> average = {};      // to evaluate with, in place of the last weights
  std::optional<Augmentation> augmentation = {};  // of the images that are trained on
  double validation = 0;  // the share of the training data that is held out and judged each epoch
  std::optional<EarlyStopping> early_stopping = {};
  bool restore_best = false;        // end with the state that had the least validation loss
  std::vector<Tensor> record = {};  // scalars that are worked out after each epoch, such as learning rates
  std::optional<HealthOptions> health = {};  // to look at steps and activations, which changes no bit
  std::optional<CheckpointOptions> checkpoint = {};
  std::stop_token stop = {};  // to stop after the step under way
  std::function<void(const StepReport&)> on_step = {};
  std::function<void(const EpochReport&)> on_epoch = {};
};

/// Trains by `updates`, over the training data in another random order each epoch.
///
/// updates  as an optimizer gave them, of model.loss; those of the model's running statistics are added
/// state    of the model's graph, made after the optimizer; it has the trained numbers at the end
/// record   where the training stands: new, or of one that goes on to options.epochs; kept up to date
/// returns  a report of each epoch, those before the record's among them
///
/// What happens depends on state and record alone: orders on the seed and the epoch, random ops on the seed
/// and the step. So training goes on from a copy or a checkpoint of both with the same bits as if it had
/// never stopped, also from the middle of an epoch. After the last epoch, and before its report, the state
/// becomes the best one if that is asked for. `on_epoch` may change the state, to lower a rate that is a slot
/// for example.
///
/// Throws as `evaluate` does; DataError if the record is of other batches, or if something needs validation
/// data and none is held out; what a callback throws. State and record are then of the step before.
std::vector<EpochReport> fit(const Classifier& model, const Updates& updates, State& state,
                             TrainingRecord& record, const Dataset& training, const Dataset& test,
                             const FitOptions& options = {});

/// Likewise from a new record.
std::vector<EpochReport> fit(const Classifier& model, const Updates& updates, State& state,
                             const Dataset& training, const Dataset& test, const FitOptions& options = {});

}  // namespace retrograph
