#pragma once

#include <retrograph/models/training/fit.hpp>

#include <filesystem>
#include <fstream>

namespace retrograph::program {

/// A file with one JSON object a line, one line an epoch.
class TrainingLog {
 public:
  /// Starts the file anew, with the epochs of a training that goes on: what a kill has left of the old file,
  /// too few lines, too many or half of one, does not matter. Throws FileError if it cannot be written.
  explicit TrainingLog(std::filesystem::path path, std::span<const EpochReport> former = {});

  /// Throws FileError if the line cannot be written.
  void add(const EpochReport& report);

 private:
  [[noreturn]] void fail() const;

  std::filesystem::path path_;
  std::ofstream file_;
};

}  // namespace retrograph::program
