#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/train.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cmath>

namespace retrograph {
namespace {

void require_samples(const Dataset& dataset, std::string_view purpose) {
  if (dataset.size() == 0) throw DataError{fmt::format("there are no samples to {}", purpose)};
}

using Clock = std::chrono::steady_clock;

double seconds(Clock::duration duration) {
  return std::chrono::duration<double>{duration}.count();
}

/// A classifier compiled to be run over batches.
class Runner {
 public:
  Runner(const Classifier& model, Updates updates, int threads, bool check_finite)
      : model_{model},
        executable_{model.loss.graph(),
                    {.inputs = {model.images, model.labels},
                     .outputs = {model.loss, model.correct},
                     .updates = std::move(updates),
                     .threads = threads,
                     .check_finite = check_finite}} {}

  /// The means over all samples; `after` hears those of each batch. The state is const for an evaluation.
  template <class AnyState, class After>
  Evaluation run(AnyState& state, Batches& batches, const After& after) {
    double loss = 0, correct = 0, samples = 0;
    for (const auto& [images, labels] : batches) {
      const auto results = executable_.run(state, model_.images.feed(images), model_.labels.feed(labels));
      const auto rows = static_cast<double>(images.extents()[0]);
      const Evaluation batch{results[model_.loss].scalar(), results[model_.correct].scalar() / rows};
      loss += batch.loss * rows;
      correct += batch.accuracy * rows;
      samples += rows;
      after(batch);
    }
    return {loss / samples, correct / samples};
  }

  Evaluation evaluate(const State& state, const Dataset& dataset, std::int64_t batch_size) {
    auto batches = dataset.batches(batch_size);
    return run(state, batches, [](const Evaluation&) {});
  }

 private:
  Classifier model_;
  Executable executable_;
};

/// A pass over the training data. The report lacks the test.
EpochReport train_epoch(Runner& runner, State& state, const Dataset& dataset, std::int64_t epoch,
                        const TrainOptions& options) {
  const auto start = Clock::now();
  Clock::duration in_callbacks{};
  auto batches = dataset.batches(options.batch_size, {state.seed(), static_cast<std::uint64_t>(epoch) - 1});
  std::int64_t step = 0;
  const auto training = runner.run(state, batches, [&](const Evaluation& batch) {
    ++step;
    if (!options.on_step) return;
    const auto called = Clock::now();
    options.on_step({epoch, step, batches.count(), batch});
    in_callbacks += Clock::now() - called;
  });
  const auto time = seconds(Clock::now() - start - in_callbacks);
  return {epoch, time, static_cast<double>(dataset.size()) / time, training, {}, {}};
}

/// How many epochs the state has behind it.
std::int64_t epochs_made(const State& state, const Dataset& training, std::int64_t batch_size) {
  return static_cast<std::int64_t>(state.step()) / training.batches(batch_size).count();
}

}  // namespace

Progress progress_of(double loss, std::int64_t classes) {
  const auto chance = std::log(static_cast<double>(classes));
  if (loss < 0.98 * chance) return Progress::better_than_chance;
  return loss <= 1.02 * chance ? Progress::at_chance : Progress::worse_than_chance;
}

Evaluation evaluate(const Classifier& model, const State& state, const Dataset& dataset,
                    const EvaluateOptions& options) {
  require_samples(dataset, "evaluate on");
  return Runner{model, {}, options.threads, options.check_finite}.evaluate(state, dataset,
                                                                           options.batch_size);
}

std::vector<EpochReport> train(const Classifier& model, const Updates& updates, State& state,
                               const Dataset& training, const Dataset& test, const TrainOptions& options) {
  require_samples(training, "train on");
  require_samples(test, "test on");
  Runner trainer{model, updates, options.threads, options.check_finite};
  Runner tester{model, {}, options.threads, options.check_finite};
  const auto classes = model.logits.shape()[model.logits.rank() - 1].number();
  const auto before = epochs_made(state, training, options.batch_size);
  std::vector<EpochReport> reports;
  for (std::int64_t epoch = before + 1; epoch <= before + options.epochs; ++epoch) {
    auto report = train_epoch(trainer, state, training, epoch, options);
    report.test = tester.evaluate(state, test, EvaluateOptions{}.batch_size);
    report.progress = progress_of(report.training.loss, classes);
    reports.push_back(report);
    if (options.on_epoch) options.on_epoch(report);
  }
  return reports;
}

}  // namespace retrograph
