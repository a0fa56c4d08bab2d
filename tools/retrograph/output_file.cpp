#include "output_file.hpp"

#include <retrograph/graph/error.hpp>

#include <fmt/format.h>

namespace retrograph::program {

void require_folder(const std::optional<std::filesystem::path>& file) {
  const auto folder = file ? file->parent_path() : std::filesystem::path{};
  if (!folder.empty() && !std::filesystem::is_directory(folder))
    throw FileError{
        fmt::format("cannot write '{}': there is no folder '{}'", file->string(), folder.string())};
  if (file && std::filesystem::is_directory(*file))
    throw FileError{fmt::format("cannot write '{}': Is a directory", file->string())};
}

}  // namespace retrograph::program
