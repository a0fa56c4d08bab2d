#pragma once

#include <retrograph/graph/state.hpp>
#include <retrograph/models/training/reports.hpp>

#include <string>

namespace retrograph {

/// Sums over the batches of an epoch, from which its means are made.
struct EvaluationSums {
  double loss = 0, correct = 0, samples = 0;

  void add(const Evaluation& batch, double rows) {
    loss += batch.loss * rows;
    correct += batch.accuracy * rows;
    samples += rows;
  }
  Evaluation mean() const { return {loss / samples, correct / samples}; }
};

/// What a training knows beside its State: both together go on as if it had never stopped.
struct TrainingRecord {
  std::int64_t epoch = 1;            // that is under way, or the next
  std::int64_t step = 0;             // how many of its steps are made
  EvaluationSums sums;               // of these steps
  double seconds = 0;                // that they took
  std::vector<LayerHealth> health;   // in them
  std::vector<EpochReport> history;  // of the epochs that are over
  std::optional<State> best = {};    // after the epoch with the least validation loss
  bool has_stopped_early = false;
  // Of the training that made the record; 0 if none has.
  std::int64_t batch_size = 0, samples = 0;
};

}  // namespace retrograph
