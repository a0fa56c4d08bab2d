#pragma once

#include <retrograph/models/data/standardize.hpp>

#include "commands.hpp"
#include "data.hpp"

namespace retrograph::program {

bool is_augmented(const TrainCommand& command);

/// All that decides which bits a training ends with, but for how long it goes on.
std::string describe(const TrainCommand& command, const LabelledData& data);

/// What is kept with weights of the training: of their model, and where they come from. JSON.
std::string settings_of(const TrainCommand& command, const LabelledData& data, const Scaling& scaling);

/// Likewise with a checkpoint, and with its options to go on by.
std::string checkpoint_settings_of(const TrainCommand& command, const std::string& settings);

/// What the log says of the training beside its numbers. JSON.
std::string notes_for_log(const TrainCommand& command, const std::string& settings);

/// The options in a checkpoint, as `TrainCommand::options` has them. Throws DataError if there are none.
std::string saved_options(const std::filesystem::path& checkpoint);

/// Throws DataError if the checkpoint that the command goes on from is of a training with other bits.
void require_same_training(const TrainCommand& command, const LabelledData& data);

}  // namespace retrograph::program
