#include "training_display.hpp"

#include "terminal.hpp"
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace retrograph::program {
namespace {

constexpr auto time_between_bars = std::chrono::milliseconds{100};
constexpr std::int64_t most_cells = 30, least_cells = 4;
constexpr std::int64_t columns_beside_bar = 68;
constexpr auto erase_line = "\r\x1b[K";

/// "1:05", "2:00:00".
std::string clock_time(double seconds) {
  const auto whole = std::isfinite(seconds) ? std::llround(seconds) : 0;
  const auto minutes = whole / 60 % 60;
  return whole < 3600 ? fmt::format("{}:{:02}", minutes, whole % 60)
                      : fmt::format("{}:{:02}:{:02}", whole / 3600, minutes, whole % 60);
}

}  // namespace

TrainingDisplay::TrainingDisplay(std::int64_t classes, std::int64_t epochs, const HealthOptions& health)
    : chance_{fmt::format("ln({}) = {:.4f}", classes, std::log(static_cast<double>(classes)))},
      epochs_{epochs},
      health_{health},
      columns_{terminal_width()} {}

void TrainingDisplay::step(const StepReport& report) {
  if (first_) {
    fmt::print("first batch: loss {:.4f} (guessing: {})\n", report.batch.loss, chance_);
    std::fflush(stdout);
    first_ = false;
  }
  if (columns_) draw_bar(report);
}

void TrainingDisplay::epoch(const EpochReport& report) {
  clear_bar();
  const auto validation =
      report.validation ? fmt::format("  validation accuracy {:6.2f} %", 100 * report.validation->accuracy)
                        : "";
  fmt::print(
      "epoch {:>3}  {:7.2f} s  {:>8.0f} samples/s  loss {:.4f}  accuracy {:6.2f} %{}  test accuracy {:6.2f} "
      "%\n",
      report.epoch, report.seconds, report.samples_per_second, report.training.loss,
      100 * report.training.accuracy, validation, 100 * report.test.accuracy);
  print_verdict(report);
  for (const auto& finding : findings(report.health, report.training.loss, health_))
    fmt::print("  {}\n", finding);
  std::fflush(stdout);
  if (!std::isfinite(report.training.loss))
    throw NotFiniteError{fmt::format("the loss of epoch {} is {}", report.epoch, report.training.loss),
                         "use a smaller --learning-rate; --check-finite names the node where it begins"};
}

void TrainingDisplay::lowered_rate(double from, double to) const {
  fmt::print("  the loss has stalled: learning rate {:g} -> {:g}\n", from, to);
  std::fflush(stdout);
}

void TrainingDisplay::draw_bar(const StepReport& report) {
  if (Clock::now() - bar_drawn_ < time_between_bars) return;
  bar_drawn_ = Clock::now();
  const auto cells =
      std::clamp(static_cast<std::int64_t>(*columns_) - columns_beside_bar, least_cells, most_cells);
  const auto filled = static_cast<std::size_t>(cells * report.step / report.steps);
  const auto steps = static_cast<double>(report.steps), made = static_cast<double>(report.step);
  const auto epochs_left = static_cast<double>(epochs_ - report.epoch + 1) - made / steps;
  fmt::print("{}epoch {:>3}  [{:<{}}] {:>3} %  loss {:.4f}  {:.0f} samples/s  {} left", erase_line,
             report.epoch, std::string(filled, '#'), cells, 100 * report.step / report.steps,
             report.batch.loss, report.samples_per_second,
             clock_time(epochs_left * report.seconds * steps / made));
  std::fflush(stdout);
}

void TrainingDisplay::clear_bar() {
  if (columns_) fmt::print("{}", erase_line);
}

void TrainingDisplay::print_verdict(const EpochReport& report) const {
  if (report.progress == Progress::better_than_chance) return;
  if (std::isnan(report.training.loss)) return;  // is told as an error
  const auto verdict = report.progress == Progress::at_chance ? "has not left" : "is above";
  fmt::print("the loss {} {}, that of guessing: another --learning-rate may help\n", verdict, chance_);
}

}  // namespace retrograph::program
