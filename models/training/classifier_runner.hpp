#pragma once

#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/training/evaluate.hpp>
#include <retrograph/models/training/training_record.hpp>

namespace retrograph {

/// A classifier compiled to be run over batches.
class ClassifierRunner {
 public:
  ClassifierRunner(const Classifier& model, Updates updates, int threads, bool check_finite);

  /// The means over one batch. The state is const for an evaluation.
  template <class AnyState>
  Evaluation run(AnyState& state, const Batch& batch) {
    const auto results =
        executable_.run(state, model_.images.feed(batch.images), model_.labels.feed(batch.labels));
    return {results[model_.loss].scalar(),
            results[model_.correct].scalar() / static_cast<double>(batch.size())};
  }

  /// The means over all batches.
  Evaluation evaluate(const State& state, Batches batches);

 private:
  Classifier model_;
  Executable executable_;
};

}  // namespace retrograph
