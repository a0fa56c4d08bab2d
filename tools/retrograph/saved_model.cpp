#include "saved_model.hpp"

#include <retrograph/models/training/checkpoint.hpp>

#include "digits.hpp"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace retrograph::program {

nlohmann::json to_json(const ModelNotes& notes) {
  const auto& [model, scaling] = notes;
  return {{"model", model.name},        {"hidden", hidden_of(model)},
          {"channels", model.channels}, {"activation", model.activation},
          {"image", model.image},       {"classes", model.classes},
          {"mean", scaling.mean},       {"deviation", scaling.deviation}};
}

ModelNotes notes_from_json(const nlohmann::json& settings) {
  ModelNotes notes;
  auto& [model, scaling] = notes;
  settings.at("model").get_to(model.name);
  settings.at("hidden").get_to(model.hidden);
  settings.at("channels").get_to(model.channels);
  if (model.channels.size() != 2) throw DataError{"a lenet of the weights has not two convolutions"};
  settings.at("activation").get_to(model.activation);
  settings.at("image").get_to(model.image);
  settings.at("classes").get_to(model.classes);
  settings.at("mean").get_to(scaling.mean);
  settings.at("deviation").get_to(scaling.deviation);
  return notes;
}

ModelNotes read_notes(const std::filesystem::path& file) {
  const auto settings = checkpoint_settings(file);
  try {
    return notes_from_json(nlohmann::json::parse(settings));
  } catch (const nlohmann::json::exception&) {
    throw DataError{fmt::format("'{}' does not say which model it is of", file.string()),
                    "train --save notes it with the weights"};
  }
}

SavedModel::SavedModel(const ModelChoice& choice, const std::filesystem::path& weights)
    : model{make_model(graph, choice)}, state{0} {
  load_model(weights, graph, state);
}

}  // namespace retrograph::program
