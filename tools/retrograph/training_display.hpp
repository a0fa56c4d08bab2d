#pragma once

#include <retrograph/models/training/fit.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace retrograph::program {

/// Tells of a training on standard output: a line an epoch, and on a terminal a bar that grows meanwhile.
class TrainingDisplay {
 public:
  TrainingDisplay(std::int64_t classes, std::int64_t epochs, const HealthOptions& health);

  void step(const StepReport& report);
  /// Throws NotFiniteError if the training loss is not a number any more.
  void epoch(const EpochReport& report);
  /// Behind the line of the epoch that was one too many without a lower loss.
  void lowered_rate(double from, double to) const;

 private:
  using Clock = std::chrono::steady_clock;

  void draw_bar(const StepReport& report);
  void clear_bar();
  void print_verdict(const EpochReport& report) const;

  std::string chance_;  // "ln(10) = 2.3026"
  bool first_ = true;
  std::int64_t epochs_;
  HealthOptions health_;
  std::optional<std::size_t> columns_;  // of the terminal
  Clock::time_point bar_drawn_{};
};

}  // namespace retrograph::program
