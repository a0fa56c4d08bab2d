#pragma once

#include <retrograph/models/training/fit.hpp>

#include <filesystem>
#include <fstream>
#include <functional>

namespace retrograph::program {

/// A file with one JSON object a line, one line an epoch. That of the first has the training, too: what was
/// asked for. That of the last has a summary: how the trained model does on the test digits.
class TrainingLog {
 public:
  struct Predictions {
    Array probabilities;  // [samples, classes]
    const Array& labels;  // [samples]
  };
  using Predict = std::function<Predictions()>;

  /// training     what is noted in the first line: JSON
  /// layer_rates  the scopes whose learning rates are recorded after the usual one: see `last_rates`
  /// health       what makes a finding
  ///
  /// Starts the file anew, with the epochs of a training that goes on: what a kill has left of the old file,
  /// too few lines, too many or half of one, does not matter. `predict` is asked after the last epoch.
  /// Throws FileError if it cannot be written.
  TrainingLog(std::filesystem::path path, std::string training, std::vector<std::string> layer_rates,
              const HealthOptions& health, const Predict& predict, std::span<const EpochReport> former = {});

  /// Throws FileError if the line cannot be written.
  void add(const EpochReport& report);

 private:
  std::string line_for(const EpochReport& report) const;
  [[noreturn]] void fail() const;

  std::filesystem::path path_;
  std::string training_;
  std::vector<std::string> layer_rates_;
  HealthOptions health_;
  Predict predict_;
  std::ofstream file_;
};

}  // namespace retrograph::program
