#include <retrograph/graph/whole_file.hpp>
#include <retrograph/models/data/split.hpp>
#include <retrograph/models/data/standardize.hpp>
#include <retrograph/models/training/fit.hpp>

#include "commands.hpp"
#include "data.hpp"
#include "digits.hpp"
#include "output_file.hpp"
#include "saved_model.hpp"
#include "training_display.hpp"
#include "training_log.hpp"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <cstdio>

namespace retrograph::program {
namespace {

constexpr std::int64_t usual_epochs = 5;

bool is_augmented(const TrainCommand& command) {
  return command.shift > 0 || command.rotate > 0 || command.noise > 0;
}

/// All that decides which bits a training ends with, but for how long it goes on.
std::string describe(const TrainCommand& command, const LabelledData& data) {
  auto text = fmt::format("{}, {}", describe(command.model), describe(command.optimizer));
  text += fmt::format(", batch {}, seed {}, {} training and {} test samples", command.batch, command.seed,
                      data.train.size(), data.test.size());
  if (is_augmented(command))
    text += fmt::format(", shift {}, rotate {:g}, noise {:g}", command.shift, command.rotate, command.noise);
  if (command.validation > 0) text += fmt::format(", {:g} held out", command.validation);
  if (command.patience) text += fmt::format(", patience {}", *command.patience);
  if (command.restore_best) text += ", best weights";
  return text;
}

/// How often the parameters move in the whole training.
std::int64_t steps_of(const TrainCommand& command, const LabelledData& data) {
  const auto split = split_rows(data.train.size(), command.validation, command.seed);
  const auto rows = static_cast<std::int64_t>(split.training.size());
  const auto batches = (rows + command.batch - 1) / command.batch;
  return command.epochs.value_or(usual_epochs) * batches / command.optimizer.accumulate;
}

/// What a checkpoint says of the training it is from, and weights of their model.
std::string settings_of(const TrainCommand& command, const LabelledData& data, const Scaling& scaling) {
  auto settings = to_json({command.model, scaling, data.class_names, data.is_table, data.digit_side});
  settings["training"] = describe(command, data);
  settings["epochs"] = command.epochs.value_or(usual_epochs);
  return settings.dump();
}

/// What the log says of it beside its numbers. A folder's name need not be UTF-8, and JSON must be.
std::string notes_for_log(const TrainCommand& command, const std::string& settings) {
  const nlohmann::ordered_json notes{{"program", "retrograph " RETROGRAPH_VERSION},
                                     {"command", command.command_line},
                                     {"data", std::filesystem::absolute(command.data).string()},
                                     {"optimizer", command.optimizer.name},
                                     {"settings", nlohmann::json::parse(settings)}};
  return notes.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

nlohmann::json saved_settings(const std::filesystem::path& file) {
  try {
    const auto settings = nlohmann::json::parse(checkpoint_settings(file));
    if (settings.at("training").is_string() && settings.at("epochs").is_number_integer()) return settings;
  } catch (const nlohmann::json::exception&) {  // told below
  }
  throw DataError{fmt::format("'{}' is not of a training by this program", file.string())};
}

/// Goes on to the epochs that were asked for then, unless others are asked for now.
void adopt_epochs(TrainCommand& command) {
  if (!command.epochs) command.epochs = saved_settings(*command.resume)["epochs"].get<std::int64_t>();
}

void require_same_training(const TrainCommand& command, const LabelledData& data) {
  const auto saved = saved_settings(*command.resume)["training"].get<std::string>();
  if (saved != describe(command, data))
    throw DataError{fmt::format("'{}' is of another training: {}", command.resume->string(), saved),
                    "give the same options as then"};
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

void train(const TrainCommand& command, const Classifier& model, const Updates& updates,
           const LabelledData& data, Checkpoint& training) {
  std::optional<TrainingLog> log;
  const auto predictions = [&]() -> TrainingLog::Predictions {
    return {predict(model, training.state, data.test, {.threads = command.threads}), data.test.labels};
  };
  if (command.log)
    log.emplace(*command.log, notes_for_log(command, training.settings), predictions,
                training.record.history);
  fmt::print("{}\n", describe(command, data));
  if (command.resume)
    fmt::print("goes on after step {} of epoch {}\n", training.record.step, training.record.epoch);
  std::fflush(stdout);

  FitOptions options{.epochs = command.epochs.value_or(usual_epochs),
                     .batch_size = command.batch,
                     .threads = command.threads,
                     .check_finite = command.check_finite,
                     .validation = command.validation,
                     .restore_best = command.restore_best};
  if (is_augmented(command)) options.augmentation = {command.shift, command.rotate, command.noise};
  if (command.health) options.health = HealthOptions{};
  if (command.patience) options.early_stopping = EarlyStopping{.patience = *command.patience};
  if (command.checkpoint)
    options.checkpoint = {*command.checkpoint, command.checkpoint_every, training.settings};
  TrainingDisplay display{model.logits.shape()[1].number(), options.epochs};
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
  };
  fit(model, updates, training.state, training.record, data.train, data.test, options);
  if (source.stop_requested())
    throw Error{fmt::format("stopped after step {} of epoch {}", training.record.step, training.record.epoch),
                fmt::format("--resume {} goes on", command.checkpoint->string())};
}

}  // namespace

void run(const TrainCommand& given) {
  auto command = given;
  Graph graph;
  auto data = read_data(command.data);
  command.model.image = data.image;
  command.model.classes = std::ssize(data.class_names);
  if (command.resume) adopt_epochs(command);
  command.optimizer.steps = steps_of(command, data);
  if (command.resume) require_same_training(command, data);
  const auto model = make_model(graph, command.model);
  const auto updates = make_updates(model.loss, command.optimizer);
  const auto scaling = standardize(data);
  for (const auto& file : {command.save, command.checkpoint}) require_folder(file);

  auto training = command.resume ? load_checkpoint(*command.resume, graph) : started(command, graph);
  training.settings = settings_of(command, data, scaling);
  for (const auto& file : {command.save, command.log, command.checkpoint})
    if (file) remove_leftovers(*file);
  if (command.checkpoint) {
    save_checkpoint(*command.checkpoint, graph, training.state, training.record, training.settings);
  }
  train(command, model, updates, data, training);
  if (command.save) save_state(*command.save, graph, training.state, training.settings);
}

}  // namespace retrograph::program
