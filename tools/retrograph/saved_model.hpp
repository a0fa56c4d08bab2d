#pragma once

#include <retrograph/graph/state.hpp>
#include <retrograph/models/classifier.hpp>
#include <retrograph/models/data/standardize.hpp>

#include "commands.hpp"
#include "data.hpp"
#include <nlohmann/json_fwd.hpp>

namespace retrograph::program {

/// What it takes, beside the weights, to use a trained model.
struct ModelNotes {
  ModelChoice model;
  Scaling scaling;  // of the images it was trained on
  std::vector<std::string> class_names;
  bool is_of_table = false;                     // of numbers that are no pixels
  std::optional<std::int64_t> digit_side = {};  // where pictures are to be made like those of MNIST
  std::int64_t average_every = 0;  // batches that count as one for the weights' average; 0 if there is none
};

/// Keys of the settings that are saved with weights, and back. Reading throws nlohmann::json::exception.
nlohmann::json to_json(const ModelNotes& notes);
ModelNotes notes_from_json(const nlohmann::json& settings);

/// Whether a training of this program could have noted that: a file may say anything.
bool are_sound(const ModelNotes& notes);

/// The notes in a file of weights or a checkpoint. Throws DataError if it has none.
ModelNotes read_notes(const std::filesystem::path& file);

/// Throws DataError if the data at `path` have other images than the model knows, or other classes.
void require_known(const LabelledData& data, const ModelNotes& notes, const std::filesystem::path& path);

/// A model ready to be used: with the weights' average, if there is one.
struct SavedModel {
  Graph graph;
  Classifier model;
  State state;

  /// Throws as `load_model` does.
  SavedModel(const ModelNotes& notes, const std::filesystem::path& weights);
};

}  // namespace retrograph::program
