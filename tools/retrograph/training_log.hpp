#pragma once

#include <retrograph/models/train.hpp>

#include <filesystem>
#include <fstream>

namespace retrograph::program {

/// A file with one JSON object a line, one line an epoch.
class TrainingLog {
 public:
  /// Starts the file anew. Throws FileError if it cannot be written.
  explicit TrainingLog(std::filesystem::path path);

  /// Throws FileError if the line cannot be written.
  void add(const EpochReport& report);

 private:
  [[noreturn]] void fail() const;

  std::filesystem::path path_;
  std::ofstream file_;
};

}  // namespace retrograph::program
