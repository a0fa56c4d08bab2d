#pragma once

#include "training.hpp"

#include <filesystem>

namespace retrograph::program {

/// Writes a list with an object for each run: its rates, its seed and its epochs.
void write_json(const std::filesystem::path& file, const std::vector<const LessonRuns*>& trainings);

}  // namespace retrograph::program
