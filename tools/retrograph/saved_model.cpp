#include "saved_model.hpp"

#include <retrograph/models/training/checkpoint.hpp>

#include "digits.hpp"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace retrograph::program {
namespace {

/// Small enough that no product of extents overflows, whatever a file says.
bool are_extents(const std::vector<std::int64_t>& numbers, std::size_t most_numbers) {
  constexpr std::int64_t most = 1'000'000;
  return numbers.size() <= most_numbers &&
         std::ranges::all_of(numbers, [](std::int64_t number) { return number >= 1 && number <= most; });
}

bool are_sound(const ModelNotes& notes) {
  const auto& model = notes.model;
  return (model.name == "mlp" || model.name == "lenet") && are_extents(model.image, 3) &&
         are_extents(model.hidden, 1000) && are_extents(model.channels, 2) && model.channels.size() == 2 &&
         std::ssize(notes.class_names) == model.classes && notes.scaling.deviation > 0 &&
         std::isfinite(notes.scaling.mean) && notes.digit_side.value_or(1) <= 28;
}

}  // namespace

nlohmann::json to_json(const ModelNotes& notes) {
  const auto& [model, scaling, class_names, is_of_table, digit_side] = notes;
  return {{"model", model.name},
          {"hidden", hidden_of(model)},
          {"channels", model.channels},
          {"activation", model.activation},
          {"image", model.image},
          {"classes", model.classes},
          {"mean", scaling.mean},
          {"deviation", scaling.deviation},
          {"class_names", class_names},
          {"table", is_of_table},
          {"digit_side", digit_side.value_or(0)}};
}

ModelNotes notes_from_json(const nlohmann::json& settings) {
  ModelNotes notes;
  auto& model = notes.model;
  settings.at("model").get_to(model.name);
  settings.at("hidden").get_to(model.hidden);
  settings.at("channels").get_to(model.channels);
  settings.at("activation").get_to(model.activation);
  settings.at("image").get_to(model.image);
  settings.at("classes").get_to(model.classes);
  settings.at("mean").get_to(notes.scaling.mean);
  settings.at("deviation").get_to(notes.scaling.deviation);
  settings.at("class_names").get_to(notes.class_names);
  settings.at("table").get_to(notes.is_of_table);
  if (const auto side = settings.at("digit_side").get<std::int64_t>(); side > 0) notes.digit_side = side;
  return notes;
}

ModelNotes read_notes(const std::filesystem::path& file) {
  const auto settings = checkpoint_settings(file);
  try {
    auto notes = notes_from_json(nlohmann::json::parse(settings));
    if (are_sound(notes)) return notes;
  } catch (const nlohmann::json::exception&) {  // told below
  }
  throw DataError{fmt::format("'{}' does not say which model it is of", file.string()),
                  "train --save notes it with the weights"};
}

void require_known(const LabelledData& data, const ModelNotes& notes, const std::filesystem::path& path) {
  if (data.image != notes.model.image)
    throw DataError{fmt::format("'{}' has samples of {}, and the model knows {}", path.string(),
                                to_string(data.image), to_string(notes.model.image))};
  const auto &there = data.class_names, &known = notes.class_names;
  if (there.size() > known.size() || !std::equal(there.begin(), there.end(), known.begin()))
    throw DataError{fmt::format("'{}' has the classes {}, and the model knows {}", path.string(),
                                fmt::join(there, ", "), fmt::join(known, ", "))};
}

SavedModel::SavedModel(const ModelChoice& choice, const std::filesystem::path& weights)
    : model{make_model(graph, choice)}, state{0} {
  load_model(weights, graph, state);
}

}  // namespace retrograph::program
