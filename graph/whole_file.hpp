#pragma once

#include <filesystem>
#include <string_view>

namespace retrograph {

/// Makes or replaces a file, whole or not at all: the bytes are written beside it, put on the disk and then
/// moved there, so that a kill or a power cut leaves the old file or the new one.
/// What is no file (a pipe, /dev/stdout) is written to directly. Throws FileError with path and reason.
void write_whole_file(const std::filesystem::path& file, std::string_view bytes);

/// Removes what a program that was killed while it wrote this file has left beside it.
void remove_leftovers(const std::filesystem::path& file);

}  // namespace retrograph
