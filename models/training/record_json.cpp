#include <retrograph/models/training/record_json.hpp>

#include <cmath>
#include <limits>

namespace retrograph {
namespace {

using nlohmann::json;

/// JSON has no numbers that are not finite.
json number_to_json(double number) {
  if (std::isfinite(number)) return number;
  if (std::isnan(number)) return "nan";
  return number > 0 ? "inf" : "-inf";
}

double number_from_json(const json& value) {
  constexpr auto infinity = std::numeric_limits<double>::infinity();
  if (!value.is_string()) return value.get<double>();
  if (value == "nan") return std::numeric_limits<double>::quiet_NaN();
  return value == "inf" ? infinity : -infinity;
}

json evaluation_to_json(const Evaluation& evaluation) {
  return {{"loss", number_to_json(evaluation.loss)}, {"accuracy", number_to_json(evaluation.accuracy)}};
}

Evaluation evaluation_from_json(const json& value) {
  return {number_from_json(value.at("loss")), number_from_json(value.at("accuracy"))};
}

json layer_to_json(const LayerHealth& layer) {
  return {{"layer", layer.layer},
          {"rate", number_to_json(layer.rate)},
          {"looks", layer.looks},
          {"steps", layer.steps},
          {"too_large", layer.too_large},
          {"too_small", layer.too_small},
          {"not_finite", layer.not_finite},
          {"zero", layer.zero},
          {"largest", number_to_json(layer.largest)},
          {"step_squares", number_to_json(layer.step_squares)},
          {"weight_squares", number_to_json(layer.weight_squares)},
          {"inputs", layer.inputs},
          {"saturated", layer.saturated},
          {"alive", layer.alive}};
}

LayerHealth layer_from_json(const json& value) {
  LayerHealth layer;
  value.at("layer").get_to(layer.layer);
  layer.rate = number_from_json(value.at("rate"));
  value.at("looks").get_to(layer.looks);
  value.at("steps").get_to(layer.steps);
  value.at("too_large").get_to(layer.too_large);
  value.at("too_small").get_to(layer.too_small);
  value.at("not_finite").get_to(layer.not_finite);
  value.at("zero").get_to(layer.zero);
  layer.largest = number_from_json(value.at("largest"));
  layer.step_squares = number_from_json(value.at("step_squares"));
  layer.weight_squares = number_from_json(value.at("weight_squares"));
  value.at("inputs").get_to(layer.inputs);
  value.at("saturated").get_to(layer.saturated);
  value.at("alive").get_to(layer.alive);
  return layer;
}

json layers_to_json(const std::vector<LayerHealth>& layers) {
  json list = json::array();
  for (const auto& layer : layers) list.push_back(layer_to_json(layer));
  return list;
}

std::vector<LayerHealth> layers_from_json(const json& list) {
  std::vector<LayerHealth> layers;
  for (const auto& value : list) layers.push_back(layer_from_json(value));
  return layers;
}

json report_to_json(const EpochReport& report) {
  json value{{"epoch", report.epoch},
             {"seconds", number_to_json(report.seconds)},
             {"samples_per_second", number_to_json(report.samples_per_second)},
             {"training", evaluation_to_json(report.training)},
             {"test", evaluation_to_json(report.test)},
             {"progress", static_cast<int>(report.progress)},
             {"recorded", json::array()},
             {"health", layers_to_json(report.health)},
             {"is_best", report.is_best},
             {"is_last", report.is_last}};
  if (report.validation) value["validation"] = evaluation_to_json(*report.validation);
  for (const auto number : report.recorded) value["recorded"].push_back(number_to_json(number));
  return value;
}

EpochReport report_from_json(const json& value) {
  EpochReport report;
  value.at("epoch").get_to(report.epoch);
  report.seconds = number_from_json(value.at("seconds"));
  report.samples_per_second = number_from_json(value.at("samples_per_second"));
  report.training = evaluation_from_json(value.at("training"));
  report.test = evaluation_from_json(value.at("test"));
  if (value.contains("validation")) report.validation = evaluation_from_json(value["validation"]);
  report.progress = static_cast<Progress>(value.at("progress").get<int>());
  for (const auto& number : value.at("recorded")) report.recorded.push_back(number_from_json(number));
  report.health = layers_from_json(value.at("health"));
  value.at("is_best").get_to(report.is_best);
  value.at("is_last").get_to(report.is_last);
  return report;
}

}  // namespace

json to_json(const TrainingRecord& record) {
  json value{{"epoch", record.epoch},
             {"step", record.step},
             {"loss", number_to_json(record.sums.loss)},
             {"correct", number_to_json(record.sums.correct)},
             {"samples", number_to_json(record.sums.samples)},
             {"seconds", number_to_json(record.seconds)},
             {"health", layers_to_json(record.health)},
             {"history", json::array()},
             {"has_stopped_early", record.has_stopped_early},
             {"batch_size", record.batch_size},
             {"samples_of_epoch", record.samples}};
  for (const auto& report : record.history) value["history"].push_back(report_to_json(report));
  if (record.best) value["best_step"] = record.best->step();
  return value;
}

TrainingRecord record_from_json(const json& value) {
  TrainingRecord record;
  value.at("epoch").get_to(record.epoch);
  value.at("step").get_to(record.step);
  record.sums = {number_from_json(value.at("loss")), number_from_json(value.at("correct")),
                 number_from_json(value.at("samples"))};
  record.seconds = number_from_json(value.at("seconds"));
  record.health = layers_from_json(value.at("health"));
  for (const auto& report : value.at("history")) record.history.push_back(report_from_json(report));
  value.at("has_stopped_early").get_to(record.has_stopped_early);
  value.at("batch_size").get_to(record.batch_size);
  value.at("samples_of_epoch").get_to(record.samples);
  if (value.contains("best_step")) {
    record.best = State{0};
    record.best->set_step(value["best_step"].get<std::uint64_t>());
  }
  return record;
}

}  // namespace retrograph
