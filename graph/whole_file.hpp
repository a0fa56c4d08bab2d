#pragma once

#include <filesystem>
#include <string_view>

namespace retrograph {

/// Makes or replaces a file, whole or not at all: the bytes are written beside it and then moved there.
/// What is no file (a pipe, /dev/stdout) is written to directly. Throws FileError with path and reason.
void write_whole_file(const std::filesystem::path& file, std::string_view bytes);

}  // namespace retrograph
