#include "json.hpp"

#include <retrograph/graph/whole_file.hpp>

#include <nlohmann/json.hpp>

namespace retrograph::program {
namespace {

using json = nlohmann::ordered_json;

json epochs_of(const LessonRun& run) {
  json epochs = json::array();
  for (std::size_t index = 0; index < run.epochs.size(); ++index) {
    const auto& epoch = run.epochs[index];
    epochs.push_back({{"epoch", index + 1},
                      {"accuracy", epoch.accuracy},
                      {"loss", epoch.loss},
                      {"too_large", epoch.too_large},
                      {"too_small", epoch.too_small},
                      {"not_finite", epoch.not_finite},
                      {"sigmoid_too_large", epoch.sigmoid_too_large}});
  }
  return epochs;
}

}  // namespace

void write_json(const std::filesystem::path& file, const std::vector<const LessonRuns*>& trainings) {
  json list = json::array();
  for (const auto* training : trainings)
    for (const auto& run : training->runs)
      list.push_back({{"rate", training->setting.rates.output},
                      {"hidden_rate", training->setting.rates.hidden},
                      {"seed", run.seed},
                      {"test_accuracy", run.test_accuracy},
                      {"epochs", epochs_of(run)}});
  write_whole_file(file, list.dump(1) + '\n');
}

}  // namespace retrograph::program
