#include "run_log.hpp"

#include "../saved_model.hpp"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace retrograph::program {
namespace {

using nlohmann::json;

/// A line is not what a log has; `read_run_log` adds where it is.
[[noreturn]] void refuse(const std::string& reason) {
  throw DataError{reason};
}

template <class T>
void read(const json& object, const char* key, T& value) {
  const auto found = object.find(key);
  if (found == object.end()) return;
  try {
    found->get_to(value);
  } catch (const json::exception&) {
    refuse(fmt::format("\"{}\" is not what a log has there", key));
  }
}

/// JSON has no numbers that are not finite: they are null, or words.
double number_from(const json& value, const char* key) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_null() && value != "nan" && value != "inf" && value != "-inf")
    refuse(fmt::format("\"{}\" is no number", key));
  return not_logged;
}

void read(const json& object, const char* key, double& number) {
  const auto found = object.find(key);
  if (found != object.end()) number = number_from(*found, key);
}

void read(const json& object, const char* key, std::vector<double>& numbers) {
  const auto found = object.find(key);
  if (found == object.end()) return;
  if (!found->is_array()) refuse(fmt::format("\"{}\" is no list", key));
  for (const auto& value : *found) numbers.push_back(number_from(value, key));
}

void read(const json& object, const char* key, std::map<std::string, double>& numbers) {
  const auto found = object.find(key);
  if (found == object.end()) return;
  if (!found->is_object()) refuse(fmt::format("\"{}\" is no object", key));
  for (const auto& [name, value] : found->items()) numbers[name] = number_from(value, key);
}

void read(const json& object, const char* key, std::int64_t& number) {
  const auto found = object.find(key);
  if (found == object.end()) return;
  if (!found->is_number_integer()) refuse(fmt::format("\"{}\" is no integer", key));
  number = found->get<std::int64_t>();
}

/// Calls `read_one` for each object of a list.
template <class ReadOne>
void read_list(const json& object, const char* key, ReadOne read_one) {
  const auto found = object.find(key);
  if (found == object.end()) return;
  if (!found->is_array()) refuse(fmt::format("\"{}\" is no list", key));
  for (const auto& entry : *found) {
    if (!entry.is_object()) refuse(fmt::format("\"{}\" has an entry that is no object", key));
    read_one(entry);
  }
}

RunLog::Layer layer_from(const json& object) {
  RunLog::Layer layer;
  read(object, "layer", layer.name);
  read(object, "learning_rate", layer.learning_rate);
  read(object, "update_ratio", layer.update_ratio);
  read(object, "largest_step", layer.largest_step);
  using Count = std::pair<const char*, std::int64_t*>;
  for (const auto& [key, count] :
       {Count{"steps", &layer.steps}, Count{"too_large", &layer.too_large},
        Count{"too_small", &layer.too_small}, Count{"not_finite", &layer.not_finite},
        Count{"zero", &layer.zero}, Count{"inputs", &layer.inputs}, Count{"saturated", &layer.saturated},
        Count{"units", &layer.units}, Count{"dead", &layer.dead}})
    read(object, key, *count);
  return layer;
}

RunLog::Epoch epoch_from(const json& object) {
  RunLog::Epoch epoch;
  if (!object.contains("epoch")) refuse("there is no \"epoch\"");
  read(object, "epoch", epoch.number);
  using Figure = std::pair<const char*, double*>;
  for (const auto& [key, number] :
       {Figure{"seconds", &epoch.seconds}, Figure{"samples_per_second", &epoch.samples_per_second},
        Figure{"train_loss", &epoch.train_loss}, Figure{"train_accuracy", &epoch.train_accuracy},
        Figure{"validation_loss", &epoch.validation_loss},
        Figure{"validation_accuracy", &epoch.validation_accuracy}, Figure{"test_loss", &epoch.test_loss},
        Figure{"test_accuracy", &epoch.test_accuracy}, Figure{"learning_rate", &epoch.learning_rate}})
    read(object, key, *number);
  read(object, "layer_rates", epoch.layer_rates);
  read(object, "best", epoch.is_best);
  read_list(object, "health", [&](const json& layer) { epoch.health.push_back(layer_from(layer)); });
  read(object, "findings", epoch.findings);
  return epoch;
}

RunLog::Training training_from(const json& object) {
  RunLog::Training training;
  read(object, "program", training.program);
  read(object, "command", training.command);
  read(object, "data", training.data);
  read(object, "optimizer", training.optimizer);
  try {
    if (!object.contains("settings")) return training;
    const auto& settings = object["settings"];
    read(settings, "training", training.description);
    auto notes = notes_from_json(settings);
    constexpr std::size_t most_layers = 64;  // that are drawn in no time
    if (!are_sound(notes) || notes.model.hidden.size() > most_layers)
      refuse("\"settings\" are of a model that cannot be");
    training.model = std::move(notes.model);
    training.class_names = std::move(notes.class_names);
  } catch (const json::exception&) {
    refuse("\"settings\" do not say which model was trained");
  }
  return training;
}

RunLog::Summary summary_from(const json& object) {
  RunLog::Summary summary;
  read(object, "accuracy", summary.accuracy);
  read(object, "top_3_accuracy", summary.top_3_accuracy);
  read(object, "confusion", summary.confusion);
  read_list(object, "classes", [&](const json& entry) {
    ClassFigures figures{.precision = not_logged, .recall = not_logged};
    read(entry, "samples", figures.samples);
    read(entry, "precision", figures.precision);
    read(entry, "recall", figures.recall);
    summary.classes.push_back(figures);
  });
  read_list(object, "worst_mistakes", [&](const json& entry) {
    Mistake mistake{-1, -1, -1, {}};
    read(entry, "index", mistake.index);
    read(entry, "label", mistake.label);
    read(entry, "predicted", mistake.predicted);
    read(entry, "probabilities", mistake.probabilities);
    summary.mistakes.push_back(std::move(mistake));
  });

  const auto classes = summary.classes.size();
  if (summary.confusion.size() != classes)
    refuse(fmt::format("the confusion matrix has {} rows for {} classes", summary.confusion.size(), classes));
  for (const auto& row : summary.confusion)
    if (row.size() != classes)
      refuse(fmt::format("a row of the confusion matrix has {} numbers for {} classes", row.size(), classes));
  for (const auto& mistake : summary.mistakes)
    if (mistake.index < 0 || std::min(mistake.label, mistake.predicted) < 0 ||
        std::max(mistake.label, mistake.predicted) >= std::ssize(summary.classes) ||
        mistake.probabilities.size() != classes)
      refuse(fmt::format("the mistake of sample {} is not of {} classes", mistake.index, classes));
  return summary;
}

void add_line(const std::string& text, RunLog& log) {
  const auto line = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!line.is_object()) refuse("is no JSON object");
  log.epochs.push_back(epoch_from(line));
  const auto place = log.epochs.size() - 1;
  if (place > 0 && log.epochs[place].number <= log.epochs[place - 1].number)
    refuse(
        fmt::format("epoch {} comes after epoch {}", log.epochs[place].number, log.epochs[place - 1].number));
  const auto read_object = [&](const char* key, auto& value, auto from) {
    const auto found = line.find(key);
    if (found == line.end()) return;
    if (!found->is_object()) refuse(fmt::format("\"{}\" is no object", key));
    value = from(*found);
  };
  read_object("training", log.training, training_from);
  read_object("summary", log.summary, summary_from);
}

}  // namespace

std::string RunLog::name_of_class(std::int64_t number) const {
  if (training && number < std::ssize(training->class_names))
    return training->class_names[static_cast<std::size_t>(number)];
  return std::to_string(number);
}

RunLog read_run_log(const std::filesystem::path& file) {
  errno = 0;
  std::ifstream stream{file};
  if (!stream || std::filesystem::is_directory(file))
    throw FileError{
        fmt::format("cannot read '{}': {}", file.string(), std::strerror(errno ? errno : EISDIR))};
  RunLog log;
  log.file = file;
  std::int64_t number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    // A training that was killed while it wrote leaves a part of a line.
    if (stream.eof() && !log.epochs.empty() && !json::accept(line)) break;
    try {
      add_line(line, log);
    } catch (const DataError& error) {
      throw DataError{fmt::format("'{}', line {}: {}", file.string(), number, error.reason()),
                      "a report is made from a log of train --log"};
    }
  }
  if (log.epochs.empty())
    throw DataError{fmt::format("'{}' has no line", file.string()), "the log of a training has one an epoch"};
  return log;
}

}  // namespace retrograph::program
