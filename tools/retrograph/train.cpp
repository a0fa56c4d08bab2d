#include <retrograph/graph/whole_file.hpp>
#include <retrograph/models/data/split.hpp>
#include <retrograph/models/training/fit.hpp>

#include "commands.hpp"
#include "data.hpp"
#include "digits.hpp"
#include "output_file.hpp"
#include "training_display.hpp"
#include "training_log.hpp"
#include "training_settings.hpp"
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <limits>

namespace retrograph::program {
namespace {

/// The batches of an epoch.
std::int64_t batches_of(const TrainCommand& command, const LabelledData& data) {
  const auto split = split_rows(data.train.size(), command.validation, command.seed);
  const auto rows = static_cast<std::int64_t>(split.training.size());
  return rows / command.batch + (rows % command.batch != 0);  // of a size without bound, a sum would overflow
}

/// Rows of a table, or pictures that lie row by row, may be as many numbers as a square has.
void require_square_pictures(const TrainCommand& command, const LabelledData& data) {
  if ((command.shift > 0 || command.rotate > 0) && (data.image.size() != 2 || data.image[0] != data.image[1]))
    throw DataError{fmt::format("--shift and --rotate are for square pictures, and a sample of '{}' is {}",
                                command.data.string(),
                                data.is_table ? "a row of a table" : to_string(data.image))};
}

Checkpoint started(const TrainCommand& command, const Graph& graph) {
  auto state = initial_state(graph, command.seed);
  if (command.load) load_model(*command.load, graph, state);
  return {std::move(state), {}, {}};
}

volatile std::sig_atomic_t is_stopped_by_signal = 0;

/// Where there is a checkpoint, the first Ctrl-C asks for one more; the second ends the program as usual.
void stop_by_signal() {
  struct sigaction action {};
  action.sa_handler = [](int) { is_stopped_by_signal = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const auto signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

/// The net that is trained, how, and the net that is used, which may be another.
struct Nets {
  Graph trained_graph, used_graph;
  Classifier trained;
  Training training;
  std::vector<Tensor> rates;
  std::optional<Classifier> in_use;

  explicit Nets(const TrainCommand& command)
      : trained{make_model(trained_graph, command.model)},
        training{make_training(trained.loss, command.optimizer)},
        rates{last_rates(trained_graph, command.optimizer, training)} {
    if (differs_in_use(command.model)) in_use = make_model(used_graph, command.model, Purpose::use);
  }

  const Classifier& used() const { return in_use ? *in_use : trained; }
  /// The state to use.
  State averaged(const State& state) const {
    return training.average ? training.average->averaged(state) : state;
  }
};

HealthOptions health_options_of(const TrainCommand& command) {
  HealthOptions options{.every = command.health_every};
  // Its steps are as long as the curvature has them, and the first ones as large as the weights.
  if (command.optimizer.name == "lbfgs") options.too_fast = std::numeric_limits<double>::infinity();
  return options;
}

FitOptions fit_options_of(const TrainCommand& command, const Nets& nets, const std::string& settings) {
  FitOptions options{.epochs = command.epochs,
                     .batch_size = command.batch,
                     .threads = command.threads,
                     .check_finite = command.check_finite,
                     .in_use = nets.in_use,
                     .average = nets.training.average,
                     .validation = command.validation,
                     .restore_best = command.restore_best,
                     .record = nets.rates};
  if (is_augmented(command)) options.augmentation = {command.shift, command.rotate, command.noise};
  if (command.health) options.health = health_options_of(command);
  if (command.patience) options.early_stopping = EarlyStopping{.patience = *command.patience};
  if (command.checkpoint)
    options.checkpoint = {*command.checkpoint, command.checkpoint_every,
                          checkpoint_settings_of(command, settings)};
  return options;
}

/// Tells the plateau, and the user if it lowers the rate.
void observe(const EpochReport& report, const Training& training, State& state, TrainingDisplay& display) {
  if (!training.plateau) return;
  const auto& rate = training.plateau->learning_rate();
  const auto before = state[rate].scalar();
  if (training.plateau->observe(state, report.validation.value_or(report.training).loss))
    display.lowered_rate(before, state[rate].scalar());
}

std::vector<std::string> scopes_of_rates(const OptimizerChoice& choice) {
  std::vector<std::string> scopes;
  for (const auto& [scope, rate] : choice.layer_rates) scopes.push_back(scope);
  return scopes;
}

void train(const TrainCommand& command, const Nets& nets, const LabelledData& data, Checkpoint& training) {
  auto& state = training.state;
  std::optional<TrainingLog> log;
  const auto predictions = [&]() -> TrainingLog::Predictions {
    return {predict(nets.used(), nets.averaged(state), data.test, {.threads = command.threads}),
            data.test.labels};
  };
  if (command.log)
    log.emplace(*command.log, notes_for_log(command, training.settings), scopes_of_rates(command.optimizer),
                health_options_of(command), predictions, training.record.history);
  fmt::print("{}\n", describe(command, data));
  if (command.resume)
    fmt::print("goes on after step {} of epoch {}\n", training.record.step, training.record.epoch);
  std::fflush(stdout);

  auto options = fit_options_of(command, nets, training.settings);
  TrainingDisplay display{nets.trained.logits.shape()[1].number(), options.epochs,
                          health_options_of(command)};
  std::stop_source source;
  options.stop = source.get_token();
  if (command.checkpoint) stop_by_signal();
  options.on_step = [&](const StepReport& report) {
    display.step(report);
    if (is_stopped_by_signal) source.request_stop();
  };
  options.on_epoch = [&](const EpochReport& report) {
    if (log) log->add(report);
    display.epoch(report);
    observe(report, nets.training, state, display);
  };
  fit(nets.trained, nets.training.updates, state, training.record, data.train, data.test, options);
  if (source.stop_requested())
    throw Error{fmt::format("stopped after step {} of epoch {}", training.record.step, training.record.epoch),
                fmt::format("--resume {} goes on", command.checkpoint->string())};
}

}  // namespace

void run(const TrainCommand& given) {
  auto command = given;
  auto data = read_data(command.data);
  require_square_pictures(command, data);
  command.model.image = data.image;
  command.model.classes = std::ssize(data.class_names);
  command.optimizer.epochs = command.epochs;
  command.optimizer.batches = batches_of(command, data);
  if (command.resume) require_same_training(command, data);
  const Nets nets{command};
  const auto& graph = nets.trained_graph;
  const auto scaling = standardize(data);
  for (const auto& file : {command.save, command.checkpoint}) require_folder(file);

  auto training = command.resume ? load_checkpoint(*command.resume, graph) : started(command, graph);
  training.settings = settings_of(command, data, scaling);
  for (const auto& file : {command.save, command.log, command.checkpoint})
    if (file) remove_leftovers(*file);
  if (command.checkpoint)
    save_checkpoint(*command.checkpoint, graph, training.state, training.record,
                    checkpoint_settings_of(command, training.settings));
  train(command, nets, data, training);
  if (command.save) save_state(*command.save, graph, nets.averaged(training.state), training.settings);
}

}  // namespace retrograph::program
