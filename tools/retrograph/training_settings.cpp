#include "training_settings.hpp"

#include <retrograph/models/training/checkpoint.hpp>

#include "digits.hpp"
#include "saved_model.hpp"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace retrograph::program {
namespace {

nlohmann::json settings_in(const std::filesystem::path& checkpoint) {
  try {
    const auto settings = nlohmann::json::parse(checkpoint_settings(checkpoint));
    if (settings.at("training").is_string() && settings.at("options").is_object()) return settings;
  } catch (const nlohmann::json::exception&) {  // told below
  }
  throw DataError{fmt::format("'{}' is no checkpoint of a training by this program", checkpoint.string())};
}

}  // namespace

bool is_augmented(const TrainCommand& command) {
  return command.shift > 0 || command.rotate > 0 || command.noise > 0;
}

std::string describe(const TrainCommand& command, const LabelledData& data) {
  auto text = fmt::format("{}, {}", describe(command.model), describe(command.optimizer));
  text += fmt::format(", batch {}, seed {}, {} training and {} test samples", command.batch, command.seed,
                      data.train.size(), data.test.size());
  if (command.shift > 0) text += fmt::format(", shift {}", command.shift);
  if (command.rotate > 0) text += fmt::format(", rotate {:g}", command.rotate);
  if (command.noise > 0) text += fmt::format(", noise {:g}", command.noise);
  if (command.validation > 0) text += fmt::format(", {:g} held out", command.validation);
  if (command.patience) text += fmt::format(", patience {}", *command.patience);
  if (command.restore_best) text += ", best weights";
  return text;
}

std::string settings_of(const TrainCommand& command, const LabelledData& data, const Scaling& scaling) {
  const auto& optimizer = command.optimizer;
  auto settings = to_json({.model = command.model,
                           .scaling = scaling,
                           .class_names = data.class_names,
                           .is_of_table = data.is_table,
                           .digit_side = data.digit_side,
                           .average_every = optimizer.average ? optimizer.accumulate : 0});
  settings["training"] = describe(command, data);
  settings["epochs"] = command.epochs;
  return settings.dump();
}

std::string checkpoint_settings_of(const TrainCommand& command, const std::string& settings) {
  auto object = nlohmann::json::parse(settings);
  object["options"] = nlohmann::json::parse(command.options);
  return object.dump();
}

/// A folder's name need not be UTF-8, and JSON must be.
std::string notes_for_log(const TrainCommand& command, const std::string& settings) {
  const nlohmann::ordered_json notes{{"program", "retrograph " RETROGRAPH_VERSION},
                                     {"command", command.command_line},
                                     {"data", std::filesystem::absolute(command.data).string()},
                                     {"optimizer", command.optimizer.name},
                                     {"settings", nlohmann::json::parse(settings)}};
  return notes.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string saved_options(const std::filesystem::path& checkpoint) {
  return settings_in(checkpoint)["options"].dump();
}

void require_same_training(const TrainCommand& command, const LabelledData& data) {
  const auto saved = settings_in(*command.resume)["training"].get<std::string>();
  const auto asked_for = describe(command, data);
  if (saved != asked_for)
    throw DataError{fmt::format("'{}' is of another training: {}\n  and this would be {}",
                                command.resume->string(), saved, asked_for),
                    "leave out the options that differ: the checkpoint has them"};
}

}  // namespace retrograph::program
