#include <retrograph/models/data/split.hpp>
#include <retrograph/models/training/classifier_runner.hpp>
#include <retrograph/models/training/fit.hpp>
#include <retrograph/models/training/gradient_health.hpp>

#include <fmt/format.h>

#include <chrono>
#include <limits>

namespace retrograph {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>{Clock::now() - start}.count();
}

Updates with(const Updates& more, Updates updates) {
  updates.insert(updates.end(), more.begin(), more.end());
  return updates;
}

/// Scalars that are worked out from the state alone.
class Recorded {
 public:
  Recorded(Graph& graph, const FitOptions& options) {
    if (!options.record.empty())
      executable_.emplace(graph, ExecutableOptions{.outputs = options.record, .threads = options.threads});
  }

  std::vector<double> numbers(const State& state) {
    std::vector<double> numbers;
    if (!executable_) return numbers;
    const auto results = executable_->run(state);
    for (std::size_t index = 0; index < results.size(); ++index)
      numbers.push_back(results.at(index).scalar());
    return numbers;
  }

 private:
  std::optional<Executable> executable_;
};

/// Looks at some of the steps before they are made.
class Watch {
 public:
  Watch(const Classifier& model, const Updates& updates, const FitOptions& options) : model_{model} {
    if (!options.health) return;
    if (options.health->every < 1)
      throw DataError{fmt::format("a look every {} steps", options.health->every)};
    every_ = options.health->every;
    health_.emplace(model.loss, updates, *options.health);
    executable_.emplace(model.loss.graph(), ExecutableOptions{.inputs = {model.images, model.labels},
                                                              .outputs = health_->outputs(),
                                                              .threads = options.threads});
    if (health_->moves())
      moves_.emplace(model.loss.graph(), ExecutableOptions{.outputs = {*health_->moves()}, .threads = 1});
  }

  void before_step(const State& state, const Batch& batch, TrainingRecord& record) {
    if (!health_ || !is_due(record) || (moves_ && moves_->run(state).at(0).scalar() == 0)) return;
    const auto results =
        executable_->run(state, model_.images.feed(batch.images), model_.labels.feed(batch.labels));
    health_->add(results, 0, record.health);
    if (record.epoch == 1 && looks(record) == 1) forget_update_ratios(record.health);
  }

 private:
  static std::int64_t looks(const TrainingRecord& record) {
    return record.health.empty() ? 0 : record.health.front().looks;
  }
  /// From the first step and each `every_`-th after it on, until it is looked at one that moves something.
  bool is_due(const TrainingRecord& record) const {
    return !health_->outputs().empty() && looks(record) <= record.step / every_;
  }
  /// The output's first weights are near 0 on purpose, and beside them any step is large.
  static void forget_update_ratios(std::vector<LayerHealth>& layers) {
    for (auto& layer : layers) layer.step_squares = layer.weight_squares = 0;
  }

  const Classifier& model_;
  std::int64_t every_ = 0;
  std::optional<GradientHealth> health_;
  std::optional<Executable> executable_, moves_;
};

class Fit {
 public:
  Fit(const Classifier& model, const Updates& updates, State& state, TrainingRecord& record,
      const Dataset& training, const Dataset& test, const FitOptions& options)
      : model_{model},
        state_{state},
        record_{record},
        training_{training},
        test_{test},
        options_{options},
        split_{split_rows(training.size(), options.validation, state.seed())},
        trainer_{model, with(model.running, updates), options.threads, options.check_finite},
        tester_{options.in_use.value_or(model), {}, options.threads, options.check_finite},
        recorded_{model.loss.graph(), options},
        watch_{model, updates, options} {
    require_validation();
    require_own_record();
  }

  void run() {
    while (!record_.has_stopped_early && record_.epoch <= options_.epochs && make_steps()) finish_epoch();
  }

 private:
  /// The steps of the epoch that are left. False if the training was told to stop before it.
  bool make_steps() {
    auto batches = training_.batches(
        BatchOptions{.size = options_.batch_size,
                     .shuffle = Shuffle{state_.seed(), static_cast<std::uint64_t>(record_.epoch) - 1},
                     .rows = options_.validation > 0 ? std::optional{split_.training} : std::nullopt,
                     .first = record_.step,
                     .augmentation = options_.augmentation});
    const auto steps = batches.count();
    auto start = Clock::now();
    for (const auto& batch : batches) {
      watch_.before_step(state_, batch, record_);
      const auto means = trainer_.run(state_, batch);
      record_.sums.add(means, static_cast<double>(batch.size()));
      ++record_.step;
      const auto called = Clock::now();
      record_.seconds += std::chrono::duration<double>{called - start}.count();
      start = called;
      if (after_step(report_of(means, steps))) start = Clock::now();
      if (options_.stop.stop_requested()) return stop();
    }
    record_.seconds += seconds_since(start);
    return true;
  }

  StepReport report_of(const Evaluation& means, std::int64_t steps) const {
    return {.epoch = record_.epoch,
            .step = record_.step,
            .steps = steps,
            .batch = means,
            .seconds = record_.seconds,
            .samples_per_second = record_.sums.samples / record_.seconds};
  }

  /// True if this took time that is not the training's.
  bool after_step(const StepReport& report) {
    if (options_.on_step) options_.on_step(report);
    const auto is_due = options_.checkpoint && options_.checkpoint->every_steps > 0 &&
                        static_cast<std::int64_t>(state_.step()) % options_.checkpoint->every_steps == 0;
    if (is_due) save();
    return is_due || options_.on_step;
  }

  bool stop() {
    if (options_.checkpoint) save();
    return false;
  }

  void finish_epoch() {
    auto report = judge_epoch();
    if (report.is_best && (options_.early_stopping || options_.restore_best)) record_.best = state_;
    record_.has_stopped_early = has_lost_patience(report);
    report.is_last = record_.has_stopped_early || record_.epoch >= options_.epochs;
    if (report.is_last && options_.restore_best && record_.best) state_ = *record_.best;
    record_.history.push_back(report);
    ++record_.epoch;
    record_.step = 0;
    record_.sums = {};
    record_.seconds = 0;
    record_.health.clear();
    if (options_.on_epoch) options_.on_epoch(report);
    if (options_.checkpoint) save();
  }

  EpochReport judge_epoch() {
    const auto classes = model_.logits.shape()[model_.logits.rank() - 1].number();
    EpochReport report{.epoch = record_.epoch,
                       .seconds = record_.seconds,
                       .samples_per_second = record_.sums.samples / record_.seconds,
                       .training = record_.sums.mean()};
    const auto batch_size = EvaluateOptions{}.batch_size;
    const auto averaged = options_.average ? std::optional{options_.average->averaged(state_)} : std::nullopt;
    const auto& judged = averaged ? *averaged : state_;
    if (options_.validation > 0) {
      report.validation = tester_.evaluate(
          judged, training_.batches(BatchOptions{.size = batch_size, .rows = split_.held_out}));
      report.is_best = report.validation->loss < least_loss() - least_gain();
    }
    report.test = tester_.evaluate(judged, test_.batches(batch_size));
    report.progress = progress_of(report.training.loss, classes);
    report.health = record_.health;
    report.recorded = recorded_.numbers(state_);
    return report;
  }

  double least_gain() const { return options_.early_stopping ? options_.early_stopping->least_gain : 0; }

  double least_loss() const {
    auto least = std::numeric_limits<double>::infinity();
    for (const auto& report : record_.history)
      if (report.is_best) least = report.validation->loss;
    return least;
  }

  bool has_lost_patience(const EpochReport& report) const {
    if (!options_.early_stopping) return false;
    std::int64_t best = report.is_best ? report.epoch : 0;
    for (const auto& former : record_.history)
      if (former.is_best) best = std::max(best, former.epoch);
    return report.epoch - best >= options_.early_stopping->patience;
  }

  void save() const {
    save_checkpoint(options_.checkpoint->file, model_.loss.graph(), state_, record_,
                    options_.checkpoint->settings);
  }

  void require_validation() const {
    if ((options_.early_stopping || options_.restore_best) && split_.held_out.empty())
      throw DataError{"early stopping and the best state need validation data, and none is held out",
                      "set .validation, to 0.1 for example"};
  }

  void require_own_record() {
    const auto samples = static_cast<std::int64_t>(split_.training.size());
    if (record_.batch_size != 0 && (record_.batch_size != options_.batch_size || record_.samples != samples))
      throw DataError{
          fmt::format("the training that goes on had batches of {} from {} samples, and this one "
                      "has batches of {} from {}",
                      record_.batch_size, record_.samples, options_.batch_size, samples)};
    record_.batch_size = options_.batch_size;
    record_.samples = samples;
  }

  const Classifier& model_;
  State& state_;
  TrainingRecord& record_;
  const Dataset& training_;
  const Dataset& test_;
  const FitOptions& options_;
  Split split_;
  ClassifierRunner trainer_, tester_;
  Recorded recorded_;
  Watch watch_;
};

}  // namespace

std::vector<EpochReport> fit(const Classifier& model, const Updates& updates, State& state,
                             TrainingRecord& record, const Dataset& training, const Dataset& test,
                             const FitOptions& options) {
  if (training.size() == 0) throw DataError{"there are no samples to train on"};
  if (test.size() == 0) throw DataError{"there are no samples to test on"};
  Fit{model, updates, state, record, training, test, options}.run();
  return record.history;
}

std::vector<EpochReport> fit(const Classifier& model, const Updates& updates, State& state,
                             const Dataset& training, const Dataset& test, const FitOptions& options) {
  TrainingRecord record;
  return fit(model, updates, state, record, training, test, options);
}

}  // namespace retrograph
