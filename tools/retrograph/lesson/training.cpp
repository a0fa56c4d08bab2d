#include "training.hpp"

#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/training/evaluate.hpp>
#include <retrograph/models/training/gradient_health.hpp>

#include <algorithm>
#include <chrono>

namespace retrograph::program {
namespace {

using Clock = std::chrono::steady_clock;

/// The lesson's warnings are of the output alone, and to look at the 23,550 steps of the hidden layer would
/// take more time than all else: they could not be made and subtracted in one pass.
Updates steps_of_output(Updates updates) {
  std::erase_if(updates,
                [](const Update& update) { return !update.parameter.name().starts_with("output/"); });
  return updates;
}

/// The net of a setting, compiled to be trained, with the counts of the health among its outputs.
class Trainer {
 public:
  Trainer(const LessonSetting& setting, int threads)
      : model_{lesson(graph_, {.output = setting.output, .shift = setting.shift})},
        updates_{lesson_updates(model_, setting.rates)},
        health_{model_.loss, steps_of_output(updates_)},
        batch_{setting.batch},
        threads_{threads},
        executable_{graph_,
                    {.inputs = {model_.images, model_.labels},
                     .outputs = outputs(),
                     .updates = updates_,
                     .threads = threads}} {}

  LessonRun train(const Dataset& digits, const Dataset& test, std::uint64_t seed, std::int64_t epochs,
                  double& seconds) {
    auto state = initial_state(graph_, seed);
    LessonRun run{seed, {}, 0};
    const auto start = Clock::now();
    for (std::int64_t epoch = 0; epoch < epochs; ++epoch)
      run.epochs.push_back(train_epoch(state, digits, static_cast<std::uint64_t>(epoch)));
    seconds += std::chrono::duration<double>(Clock::now() - start).count();
    run.test_accuracy = evaluate(model_, state, test, {.threads = threads_}).accuracy;
    return run;
  }

 private:
  static constexpr std::size_t first_of_health = 2;

  std::vector<Tensor> outputs() const {
    std::vector<Tensor> all{model_.loss, model_.correct};
    all.insert(all.end(), health_.outputs().begin(), health_.outputs().end());
    return all;
  }

  LessonEpoch train_epoch(State& state, const Dataset& digits, std::uint64_t epoch) {
    LessonEpoch sums;
    for (const auto& batch : digits.batches(batch_, {.seed = state.seed(), .epoch = epoch})) {
      const auto results =
          executable_.run(state, model_.images.feed(batch.images), model_.labels.feed(batch.labels));
      sums.loss += results.at(0).scalar() * static_cast<double>(batch.size());
      sums.accuracy += results.at(1).scalar();
      health_.add(results, first_of_health, sums.layers);
    }
    return finished(std::move(sums), static_cast<double>(digits.size()));
  }

  static LessonEpoch finished(LessonEpoch sums, double samples) {
    sums.loss /= samples;
    sums.accuracy /= samples;
    for (const auto& layer : sums.layers) {
      sums.sigmoid_too_large += layer.saturated;
      if (layer.layer != "output") continue;
      sums.too_large = layer.too_large;
      sums.too_small = layer.too_small;
      sums.not_finite = layer.not_finite;
    }
    return sums;
  }

  Graph graph_;
  Classifier model_;
  Updates updates_;
  GradientHealth health_;
  std::int64_t batch_;
  int threads_;
  Executable executable_;
};

}  // namespace

LessonSetting demo(LessonVariant variant, double output_rate) {
  return {.rates = lesson_rates(variant, output_rate)};
}

LessonSetting with_batch(LessonSetting setting, std::int64_t batch) {
  setting.batch = batch;
  return setting;
}

LessonSetting predecessor() {
  return {.output = LessonOptions::Output::scaled_sigmoid, .rates = lesson_rates(LessonVariant::correct, 10)};
}

double LessonRuns::mean_test_accuracy() const {
  double sum = 0;
  for (const auto& run : runs) sum += run.test_accuracy;
  return sum / static_cast<double>(runs.size());
}

std::vector<std::int64_t> LessonRuns::epochs_to(double accuracy) const {
  std::vector<std::int64_t> result;
  for (const auto& run : runs) {
    const auto found = std::find_if(run.epochs.begin(), run.epochs.end(),
                                    [&](const LessonEpoch& epoch) { return epoch.accuracy >= accuracy; });
    result.push_back(found == run.epochs.end() ? 0 : found - run.epochs.begin() + 1);
  }
  return result;
}

const LessonRuns& LessonTrainings::of(const LessonSetting& setting) {
  for (const auto& known : known_)
    if (known.setting == setting) return known;
  return known_.emplace_back(train(setting));
}

LessonRuns LessonTrainings::train(const LessonSetting& setting) const {
  LessonRuns result{setting, {}, 0};
  Trainer trainer{setting, options_.threads};
  double seconds = 0;
  for (std::int64_t index = 0; index < options_.seeds; ++index) {
    const auto seed = static_cast<std::uint64_t>(first_lesson_seed + index);
    result.runs.push_back(trainer.train(digits_, test_, seed, options_.epochs, seconds));
  }
  result.seconds_per_sample =
      seconds / static_cast<double>(options_.seeds * options_.epochs * digits_.size());
  return result;
}

}  // namespace retrograph::program
