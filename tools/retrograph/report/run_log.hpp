#pragma once

#include <retrograph/models/training/metrics.hpp>

#include "../commands.hpp"

#include <limits>
#include <map>

namespace retrograph::program {

inline constexpr double not_logged = std::numeric_limits<double>::quiet_NaN();

/// A log of `train --log` as it is read back. Numbers that are not finite, or not there, are NaN.
struct RunLog {
  /// How a layer did in an epoch.
  struct Layer {
    std::string name;
    double learning_rate = not_logged, update_ratio = not_logged, largest_step = not_logged;
    std::int64_t steps = 0, too_large = 0, too_small = 0, not_finite = 0, zero = 0;
    std::int64_t inputs = 0, saturated = 0, units = 0, dead = 0;
  };
  struct Epoch {
    std::int64_t number = 0;
    double seconds = not_logged, samples_per_second = not_logged;
    double train_loss = not_logged, train_accuracy = not_logged;
    double validation_loss = not_logged, validation_accuracy = not_logged;
    double test_loss = not_logged, test_accuracy = not_logged;
    double learning_rate = not_logged;
    std::map<std::string, double> layer_rates = {};  // of scopes that have their own
    bool is_best = false;
    std::vector<Layer> health = {};
    std::vector<std::string> findings = {};
  };
  /// What was trained, and how.
  struct Training {
    std::string program, command, description, data;
    std::optional<ModelChoice> model = {};
    std::string optimizer = {};
    std::vector<std::string> class_names = {};
  };
  /// How the trained model does on the test samples.
  struct Summary {
    double accuracy = not_logged, top_3_accuracy = not_logged;
    std::vector<std::vector<std::int64_t>> confusion;  // labelled class by row, predicted one by column
    std::vector<ClassFigures> classes;
    std::vector<Mistake> mistakes;
  };

  std::filesystem::path file;
  std::vector<Epoch> epochs;  // one at least
  std::optional<Training> training;
  std::optional<Summary> summary;  // once the training is over

  /// The name of a class, or its number if it has none.
  std::string name_of_class(std::int64_t number) const;
};

/// Keys that are unknown are passed over, and those that are missing leave their place empty.
/// Throws FileError for a file that cannot be read, DataError, naming the line, for one that is no such log.
RunLog read_run_log(const std::filesystem::path& file);

}  // namespace retrograph::program
