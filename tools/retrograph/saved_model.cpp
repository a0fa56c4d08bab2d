#include "saved_model.hpp"

#include <retrograph/models/files/safetensors.hpp>
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

/// A checkpoint has the last weights, and their average in slots of the same names.
void take_average(const std::filesystem::path& file, std::int64_t every, State& state) {
  const auto content = read_safetensors(file);
  const auto* runs = content.find("average/runs");
  if (!runs || runs->size() != 1 || runs->at(0) < static_cast<double>(every)) return;
  for (std::size_t index = 0; index < state.size(); ++index) {
    const auto* average = content.find("average/" + state.name(index));
    if (average && average->type() == state.array(index).type()) state.set(state.name(index), *average);
  }
}

}  // namespace

nlohmann::json to_json(const ModelNotes& notes) {
  const auto& [model, scaling, class_names, is_of_table, digit_side, average_every] = notes;
  return {{"model", model.name},
          {"hidden", hidden_of(model)},
          {"channels", model.channels},
          {"activation", model.activation},
          {"batch_norm", model.batch_norm},
          {"layer_norm", model.layer_norm},
          {"dropout", model.dropout},
          {"image", model.image},
          {"classes", model.classes},
          {"mean", scaling.mean},
          {"deviation", scaling.deviation},
          {"class_names", class_names},
          {"table", is_of_table},
          {"digit_side", digit_side.value_or(0)},
          {"average_every", average_every}};
}

ModelNotes notes_from_json(const nlohmann::json& settings) {
  ModelNotes notes;
  auto& model = notes.model;
  settings.at("model").get_to(model.name);
  settings.at("hidden").get_to(model.hidden);
  settings.at("channels").get_to(model.channels);
  settings.at("activation").get_to(model.activation);
  model.batch_norm = settings.value("batch_norm", false);
  model.layer_norm = settings.value("layer_norm", false);
  model.dropout = settings.value("dropout", 0.0);
  settings.at("image").get_to(model.image);
  settings.at("classes").get_to(model.classes);
  settings.at("mean").get_to(notes.scaling.mean);
  settings.at("deviation").get_to(notes.scaling.deviation);
  settings.at("class_names").get_to(notes.class_names);
  settings.at("table").get_to(notes.is_of_table);
  notes.average_every = settings.value("average_every", std::int64_t{0});
  if (const auto side = settings.at("digit_side").get<std::int64_t>(); side > 0) notes.digit_side = side;
  return notes;
}

bool are_sound(const ModelNotes& notes) {
  const auto& model = notes.model;
  return (model.name == "mlp" || model.name == "lenet") && are_extents(model.image, 3) &&
         are_extents(model.hidden, 1000) && are_extents(model.channels, 2) && model.channels.size() == 2 &&
         !(model.batch_norm && model.layer_norm) && model.dropout >= 0 && model.dropout < 1 &&
         std::ssize(notes.class_names) == model.classes && notes.scaling.deviation > 0 &&
         std::isfinite(notes.scaling.mean) && notes.digit_side.value_or(1) <= 28;
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

SavedModel::SavedModel(const ModelNotes& notes, const std::filesystem::path& weights)
    : model{make_model(graph, notes.model, Purpose::use)}, state{0} {
  load_model(weights, graph, state);
  if (notes.average_every > 0) take_average(weights, notes.average_every, state);
}

}  // namespace retrograph::program
