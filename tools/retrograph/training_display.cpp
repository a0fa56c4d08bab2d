#include "training_display.hpp"

#include "terminal.hpp"
#include <fmt/format.h>

#include <cmath>
#include <cstdio>

namespace retrograph::program {
namespace {

constexpr auto time_between_bars = std::chrono::milliseconds{100};
constexpr std::int64_t cells_of_bar = 30;
constexpr auto erase_line = "\r\x1b[K";

}  // namespace

TrainingDisplay::TrainingDisplay(std::int64_t classes)
    : chance_{fmt::format("ln({}) = {:.4f}", classes, std::log(static_cast<double>(classes)))},
      on_terminal_{terminal_width().has_value()} {}

void TrainingDisplay::step(const StepReport& report) {
  if (first_) {
    fmt::print("first batch: loss {:.4f} (guessing: {})\n", report.batch.loss, chance_);
    std::fflush(stdout);
    first_ = false;
  }
  if (on_terminal_) draw_bar(report);
}

void TrainingDisplay::epoch(const EpochReport& report) {
  clear_bar();
  fmt::print(
      "epoch {:>3}  {:7.2f} s  {:>8.0f} samples/s  loss {:.4f}  accuracy {:6.2f} %  test accuracy {:6.2f} "
      "%\n",
      report.epoch, report.seconds, report.samples_per_second, report.training.loss,
      100 * report.training.accuracy, 100 * report.test.accuracy);
  print_verdict(report);
  for (const auto& finding : findings(report.health, report.training.loss)) fmt::print("  {}\n", finding);
  std::fflush(stdout);
  if (!std::isfinite(report.training.loss))
    throw NotFiniteError{fmt::format("the loss of epoch {} is {}", report.epoch, report.training.loss),
                         "use a smaller --learning-rate; --check-finite names the node where it begins"};
}

void TrainingDisplay::draw_bar(const StepReport& report) {
  if (Clock::now() - bar_drawn_ < time_between_bars) return;
  bar_drawn_ = Clock::now();
  const auto filled = static_cast<std::size_t>(cells_of_bar * report.step / report.steps);
  fmt::print("{}epoch {:>3}  [{:<{}}] {:>3} %  loss {:.4f}", erase_line, report.epoch,
             std::string(filled, '#'), cells_of_bar, 100 * report.step / report.steps, report.batch.loss);
  std::fflush(stdout);
}

void TrainingDisplay::clear_bar() {
  if (on_terminal_) fmt::print("{}", erase_line);
}

void TrainingDisplay::print_verdict(const EpochReport& report) const {
  if (report.progress == Progress::better_than_chance) return;
  const auto verdict = report.progress == Progress::at_chance ? "has not left" : "is above";
  fmt::print("the loss {} {}, that of guessing: another --learning-rate may help\n", verdict, chance_);
}

}  // namespace retrograph::program
