#pragma once

#include <retrograph/graph/state.hpp>
#include <retrograph/models/classifier.hpp>
#include <retrograph/models/data/dataset.hpp>
#include <retrograph/models/training/reports.hpp>

namespace retrograph {

struct EvaluateOptions {
  std::int64_t batch_size = 1000;
  int threads = 0;            // 0: as many as the machine has
  bool check_finite = false;  // stop at the first node whose result is not finite
};

/// Loss and accuracy over a whole dataset. Throws DataError for an empty one, FeedError if it does not fit
/// the inputs.
Evaluation evaluate(const Classifier& model, const State& state, const Dataset& dataset,
                    const EvaluateOptions& options = {});

/// softmax(logits) of every sample: [samples, classes], of the dtype of the logits. Throws as `evaluate`.
Array predict(const Classifier& model, const State& state, const Dataset& dataset,
              const EvaluateOptions& options = {});

}  // namespace retrograph
