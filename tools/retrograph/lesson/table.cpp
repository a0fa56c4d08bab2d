#include "table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace retrograph::program {
namespace {

void print_epoch(const LessonRuns& runs, const MeasuredEpoch& measured) {
  const auto epoch = measured.epoch - 1;
  fmt::print("{:>5} {:>9.1f} % {:>8.4f} {:>9.0f} {:>9.0f}   {:>9.1f} % {:>8g} {:>9.0f} {:>9.0f}\n",
             measured.epoch, 100 * runs.mean(epoch, &LessonEpoch::accuracy),
             runs.mean(epoch, &LessonEpoch::loss), runs.mean(epoch, &LessonEpoch::too_large),
             runs.mean(epoch, &LessonEpoch::too_small), measured.accuracy, measured.loss, measured.too_large,
             measured.too_small);
}

}  // namespace

std::string list_of_epochs(const std::vector<std::int64_t>& epochs) {
  if (std::all_of(epochs.begin(), epochs.end(), [](std::int64_t epoch) { return epoch == 0; }))
    return "never";
  std::string list;
  for (const auto epoch : epochs)
    list += (list.empty() ? "" : ", ") + (epoch == 0 ? std::string{"never"} : fmt::format("{}", epoch));
  return list;
}

std::string describe(const LessonTrainings& trainings) {
  const auto& options = trainings.options();
  const auto last = first_lesson_seed + options.seeds - 1;
  const auto seeds = options.seeds == 1 ? fmt::format("seed {}", last)
                                        : fmt::format("seeds {} to {}", first_lesson_seed, last);
  return fmt::format(
      "{} digits, 784-30-10, hidden sigmoid(net / {:g}), softmax, all weights from [0, 1), batch 1, {} "
      "epochs, {}",
      trainings.digits().size(), lesson_scaling, options.epochs, seeds);
}

std::string_view describe(LessonVariant variant) {
  return variant == LessonVariant::original ? "hidden rate 785 = 10 * 78.5: the original's gradient forgets "
                                              "the factor 1 / 78.5, and trains so"
                                            : "hidden rate 10 with the right gradient; the original's is "
                                              "78.5 times too large: see --original";
}

void print_table(const LessonRuns& runs, const MeasuredTraining& measured) {
  fmt::print("\noutput rate {:<13g}{:>27}   {:>41}\n", measured.output_rate, "retrograph", "the original");
  fmt::print("epoch {:>11} {:>8} {:>9} {:>9}   {:>11} {:>8} {:>9} {:>9}\n", "accuracy", "loss", "too large",
             "too small", "accuracy", "loss", "too large", "too small");
  for (const auto& epoch : measured.epochs)
    if (epoch.epoch <= runs.epoch_count()) print_epoch(runs, epoch);
  fmt::print("epochs to 95 %: {} (the original: {}); {:.1f} % of the test digits; {:.1f} us a sample\n",
             list_of_epochs(runs.epochs_to(0.95)), measured.epochs_to_95, 100 * runs.mean_test_accuracy(),
             1e6 * runs.seconds_per_sample);
}

}  // namespace retrograph::program
