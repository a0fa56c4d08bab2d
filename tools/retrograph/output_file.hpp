#pragma once

#include <filesystem>
#include <optional>

namespace retrograph::program {

/// Throws FileError if there is no folder to put the file into, or the file is one itself: before the work,
/// so that none is lost to a misspelt name.
void require_folder(const std::optional<std::filesystem::path>& file);

}  // namespace retrograph::program
