#pragma once

#include <retrograph/graph/state.hpp>
#include <retrograph/models/classifier.hpp>
#include <retrograph/models/data/standardize.hpp>

#include "commands.hpp"
#include <nlohmann/json_fwd.hpp>

namespace retrograph::program {

/// What it takes, beside the weights, to use a trained model.
struct ModelNotes {
  ModelChoice model;
  Scaling scaling;  // of the images it was trained on
};

/// Keys of the settings that are saved with weights, and back. Reading throws nlohmann::json::exception.
nlohmann::json to_json(const ModelNotes& notes);
ModelNotes notes_from_json(const nlohmann::json& settings);

/// The notes in a file of weights or a checkpoint. Throws DataError if it has none.
ModelNotes read_notes(const std::filesystem::path& file);

/// A model ready to be used.
struct SavedModel {
  Graph graph;
  Classifier model;
  State state;

  /// Throws as `load_model` does.
  SavedModel(const ModelChoice& choice, const std::filesystem::path& weights);
};

}  // namespace retrograph::program
