#include <retrograph/models/training/classifier_runner.hpp>
#include <retrograph/ops/softmax.hpp>

#include <cmath>
#include <cstring>

namespace retrograph {
namespace {

void require_samples(const Dataset& dataset) {
  if (dataset.size() == 0) throw DataError{"there are no samples to evaluate on"};
}

}  // namespace

Progress progress_of(double loss, std::int64_t classes) {
  const auto chance = std::log(static_cast<double>(classes));
  if (loss < 0.98 * chance) return Progress::better_than_chance;
  return loss <= 1.02 * chance ? Progress::at_chance : Progress::worse_than_chance;
}

ClassifierRunner::ClassifierRunner(const Classifier& model, Updates updates, int threads, bool check_finite)
    : model_{model},
      executable_{model.loss.graph(),
                  {.inputs = {model.images, model.labels},
                   .outputs = {model.loss, model.correct},
                   .updates = std::move(updates),
                   .threads = threads,
                   .check_finite = check_finite}} {}

Evaluation ClassifierRunner::evaluate(const State& state, Batches batches) {
  EvaluationSums sums;
  for (const auto& batch : batches) sums.add(run(state, batch), static_cast<double>(batch.size()));
  return sums.mean();
}

Evaluation evaluate(const Classifier& model, const State& state, const Dataset& dataset,
                    const EvaluateOptions& options) {
  require_samples(dataset);
  ClassifierRunner runner{model, {}, options.threads, options.check_finite};
  return runner.evaluate(state, dataset.batches(options.batch_size));
}

Array predict(const Classifier& model, const State& state, const Dataset& dataset,
              const EvaluateOptions& options) {
  require_samples(dataset);
  const auto probabilities = softmax(model.logits);
  Executable executable{model.loss.graph(),
                        {.inputs = {model.images},
                         .outputs = {probabilities},
                         .threads = options.threads,
                         .check_finite = options.check_finite}};
  auto all =
      Array::uninitialized({probabilities.dtype(), {dataset.size(), model.logits.shape()[1].number()}});
  auto* place = all.bytes();
  for (const auto& batch : dataset.batches(options.batch_size)) {
    const auto results = executable.run(state, model.images.feed(batch.images));
    std::memcpy(place, results.at(0).bytes(), results.at(0).size_in_bytes());
    place += results.at(0).size_in_bytes();
  }
  return all;
}

}  // namespace retrograph
