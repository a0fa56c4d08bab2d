#include "training_log.hpp"

#include <retrograph/graph/whole_file.hpp>
#include <retrograph/models/training/metrics.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>

namespace retrograph::program {

namespace {

using json = nlohmann::ordered_json;

constexpr std::int64_t mistakes_kept = 25;

/// How the trained model does on the test digits, class by class.
json summary_of(const Array& probabilities, const Array& labels) {
  const auto confusion = confusion_matrix(probabilities, labels);
  json rows = json::array(), classes = json::array(), mistakes = json::array();
  const auto counts = confusion.values<std::int64_t>();
  const auto width = static_cast<std::size_t>(confusion.extents()[0]);
  for (std::size_t row = 0; row < width; ++row) rows.push_back(counts.subspan(row * width, width));
  for (const auto& figures : class_figures(confusion))
    classes.push_back(
        {{"samples", figures.samples}, {"precision", figures.precision}, {"recall", figures.recall}});
  for (const auto& mistake : worst_mistakes(probabilities, labels, mistakes_kept))
    mistakes.push_back({{"index", mistake.index},
                        {"label", mistake.label},
                        {"predicted", mistake.predicted},
                        {"probabilities", mistake.probabilities}});
  return {{"accuracy", accuracy(probabilities, labels)},
          {"top_3_accuracy", top_k_accuracy(probabilities, labels, 3)},
          {"confusion", rows},
          {"classes", classes},
          {"worst_mistakes", mistakes}};
}

json health_of(const LayerHealth& layer) {
  json health{{"layer", layer.layer},           {"learning_rate", layer.rate},
              {"looks", layer.looks},           {"steps", layer.steps},
              {"too_large", layer.too_large},   {"too_small", layer.too_small},
              {"not_finite", layer.not_finite}, {"zero", layer.zero},
              {"largest_step", layer.largest},  {"update_ratio", nullptr}};
  if (layer.weight_squares > 0) health["update_ratio"] = layer.update_ratio();
  if (layer.inputs > 0) health.update({{"inputs", layer.inputs}, {"saturated", layer.saturated}});
  if (!layer.alive.empty()) health.update({{"units", layer.alive.size()}, {"dead", layer.dead_units()}});
  return health;
}

/// The usual rate, then that of each scope; where one is given twice, the last counts.
void add_rates(const std::vector<double>& rates, const std::vector<std::string>& scopes, json& line) {
  if (rates.size() != scopes.size() + 1) return;  // of an epoch in a checkpoint by another program
  line["learning_rate"] = rates[0];
  for (std::size_t index = 0; index < scopes.size(); ++index)
    line["layer_rates"][scopes[index]] = rates[index + 1];
}

json line_of(const EpochReport& report, const std::vector<std::string>& layer_rates,
             const HealthOptions& health) {
  json line{{"epoch", report.epoch},
            {"seconds", report.seconds},
            {"samples_per_second", report.samples_per_second},
            {"train_loss", report.training.loss},
            {"train_accuracy", report.training.accuracy},
            {"test_accuracy", report.test.accuracy},
            {"test_loss", report.test.loss}};
  add_rates(report.recorded, layer_rates, line);
  if (report.validation) {
    line["validation_loss"] = report.validation->loss;
    line["validation_accuracy"] = report.validation->accuracy;
    line["best"] = report.is_best;
  }
  if (!report.health.empty()) {
    line["health"] = json::array();
    for (const auto& layer : report.health) line["health"].push_back(health_of(layer));
    line["findings"] = findings(report.health, report.training.loss, health);
  }
  return line;
}

}  // namespace

TrainingLog::TrainingLog(std::filesystem::path path, std::string training,
                         std::vector<std::string> layer_rates, const HealthOptions& health,
                         const Predict& predict, std::span<const EpochReport> former)
    : path_{std::move(path)},
      training_{std::move(training)},
      layer_rates_{std::move(layer_rates)},
      health_{health},
      predict_{predict} {
  std::string lines;
  for (const auto& report : former) lines += line_for(report) + '\n';
  write_whole_file(path_, lines);
  errno = 0;
  file_.open(path_, std::ios::app);
  if (!file_) fail();
}

void TrainingLog::add(const EpochReport& report) {
  errno = 0;
  if (!(file_ << line_for(report) << std::endl))
    fail();  // flushed, so that a run can be watched and may be stopped
}

std::string TrainingLog::line_for(const EpochReport& report) const {
  auto line = line_of(report, layer_rates_, health_);
  if (report.epoch == 1) line["training"] = json::parse(training_);
  if (report.is_last) {
    const auto [probabilities, labels] = predict_();
    line["summary"] = summary_of(probabilities, labels);
  }
  return line.dump();
}

void TrainingLog::fail() const {
  throw FileError{fmt::format("cannot write '{}': {}", path_.string(), std::strerror(errno))};
}

}  // namespace retrograph::program
