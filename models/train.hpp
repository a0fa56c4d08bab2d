#pragma once

#include <retrograph/graph/state.hpp>
#include <retrograph/models/classifier.hpp>
#include <retrograph/models/data/dataset.hpp>

#include <functional>

namespace retrograph {

/// How a classifier does on a dataset.
struct Evaluation {
  double loss = 0;      // mean, in nats
  double accuracy = 0;  // in [0, 1]
};

/// Where a mean loss stands beside ln(classes), the loss of guessing all classes alike.
enum class Progress {
  better_than_chance,
  at_chance,         // within 2 % of it: nothing has been learnt yet
  worse_than_chance  // above, or not a number: the steps are too large
};
Progress progress_of(double loss, std::int64_t classes);

/// One step of training: a batch, judged before its own update.
struct StepReport {
  std::int64_t epoch;  // from 1
  std::int64_t step;   // of the epoch, from 1
  std::int64_t steps;  // in the epoch
  Evaluation batch;
};

/// One pass over the training data, every batch judged before its own update, and then the test.
struct EpochReport {
  std::int64_t epoch;  // from 1
  double seconds;      // of training alone: without evaluation and callbacks
  double samples_per_second;
  Evaluation training;
  Evaluation test;
  Progress progress;  // of the training loss
};

struct EvaluateOptions {
  std::int64_t batch_size = 1000;
  int threads = 0;            // 0: as many as the machine has
  bool check_finite = false;  // stop at the first node whose result is not finite
};

/// Loss and accuracy over a whole dataset. Throws DataError for an empty one, FeedError if it does not fit
/// the inputs.
Evaluation evaluate(const Classifier& model, const State& state, const Dataset& dataset,
                    const EvaluateOptions& options = {});

struct TrainOptions {
  std::int64_t epochs = 5;
  std::int64_t batch_size = 64;
  int threads = 0;            // 0: as many as the machine has
  bool check_finite = false;  // stop at the first node whose result is not finite
  std::function<void(const StepReport&)> on_step = {};
  std::function<void(const EpochReport&)> on_epoch = {};
};

/// Trains by `updates`, over the training data in another random order each epoch.
///
/// updates  as an optimizer gave them, of model.loss
/// state    of the model's graph, made after the optimizer; it has the trained numbers at the end
/// returns  a report an epoch
///
/// Orders depend on the state's seed and on how many steps it has made, so that training goes on from a saved
/// state as if it had never stopped. Throws as `evaluate` does.
std::vector<EpochReport> train(const Classifier& model, const Updates& updates, State& state,
                               const Dataset& training, const Dataset& test,
                               const TrainOptions& options = {});

}  // namespace retrograph
