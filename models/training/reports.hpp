#pragma once

#include <retrograph/models/training/layer_health.hpp>

#include <optional>

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
  double seconds;  // of the epoch so far, as in EpochReport
  double samples_per_second;
};

/// One pass over the training data, every batch judged before its own update, and what was found after it.
struct EpochReport {
  std::int64_t epoch = 0;  // from 1
  double seconds = 0;      // of training alone: without evaluation and callbacks
  double samples_per_second = 0;
  Evaluation training = {};
  std::optional<Evaluation> validation = {};  // if some of the training data is held out
  Evaluation test = {};
  Progress progress = Progress::at_chance;  // of the training loss
  std::vector<double> recorded = {};        // of FitOptions::record
  std::vector<LayerHealth> health = {};     // if FitOptions::health asks for it
  bool is_best = false;                     // the validation loss is the least so far
  bool is_last = false;
};

}  // namespace retrograph
