#pragma once

#include <retrograph/models/training/training_record.hpp>

#include <filesystem>

namespace retrograph {

// All are safetensors files (models/files/safetensors.hpp), written whole or not at all, with a tensor for
// each parameter and slot under its full name, and seed and step among the metadata. A state that comes back
// from a file has the same bits.

/// Saves all of a state: weights, slots of optimizers, seed and step. The graph says which slots are an
/// optimizer's, so that a file can be loaded without them. `settings` are words of whoever saves it, kept
/// among the metadata under that name.
void save_state(const std::filesystem::path& file, const Graph& graph, const State& state,
                std::string_view settings = {});

/// All of a state, to go on with. Throws DataError if the file is not one of such a state, and lists what is
/// missing, not in the graph, or of another shape or dtype.
State load_state(const std::filesystem::path& file, const Graph& graph);

/// Puts what the model itself has into the state, weights and running means for example, and leaves slots of
/// optimizers, seed and step as they are: to evaluate, or to train on in another way. Throws as `load_state`
/// does, and changes nothing then.
void load_model(const std::filesystem::path& file, const Graph& graph, State& state);

/// A state in the midst of a training.
struct Checkpoint {
  State state;
  TrainingRecord record;
  std::string settings;  // of whoever saved it
};

/// Saves a state, and what the training knows beside it.
void save_checkpoint(const std::filesystem::path& file, const Graph& graph, const State& state,
                     const TrainingRecord& record, std::string_view settings = {});

/// The settings alone, to build the graph by. Throws as `load_checkpoint` does.
std::string checkpoint_settings(const std::filesystem::path& file);

/// Throws as `load_state` does, and DataError for a file of a state alone.
Checkpoint load_checkpoint(const std::filesystem::path& file, const Graph& graph);

}  // namespace retrograph
