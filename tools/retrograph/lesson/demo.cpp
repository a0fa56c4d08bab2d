#include <retrograph/graph/execute/executable.hpp>

#include "original.hpp"
#include "small_steps.hpp"
#include "statements.hpp"
#include "table.hpp"
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retrograph::program {
namespace {

constexpr std::string_view topic = "The demo, trained as the original does";

/// "in epoch 4, 4, 5", of each seed, or "never".
std::string when(const std::vector<std::int64_t>& epochs) {
  const auto list = list_of_epochs(epochs);
  return list == "never" ? list : "in epoch " + list;
}
std::string when(const LessonRuns& runs, double accuracy) {
  return when(runs.epochs_to(accuracy));
}

/// True if most seeds reach the accuracy in so many epochs.
bool is_reached(const LessonRuns& runs, double accuracy, std::int64_t epochs) {
  const auto needed = runs.epochs_to(accuracy);
  const auto in_time = std::count_if(needed.begin(), needed.end(),
                                     [&](std::int64_t epoch) { return epoch > 0 && epoch <= epochs; });
  return 2 * in_time > static_cast<std::ptrdiff_t>(needed.size());
}

class Demo {
 public:
  explicit Demo(LessonTrainings& trainings)
      : trainings_{trainings},
        fast_{trainings.of(demo(LessonVariant::original, 10))},
        middle_{trainings.of(demo(LessonVariant::original, 1))},
        slow_{trainings.of(demo(LessonVariant::original, 0.1))},
        last_{slow_.epoch_count() - 1} {}

  std::vector<Statement> check() {
    check_cause();
    check_rates();
    check_too_small();
    check_variants();
    check_predecessor();
    check_batches();
    check_speed();
    return std::move(statements_);
  }

 private:
  void say(std::string text, bool holds, std::string number) {
    statements_.push_back({topic, std::move(text), holds, std::move(number)});
  }

  static double percent(const LessonRuns& runs, std::size_t epoch) {
    return 100 * runs.mean(epoch, &LessonEpoch::accuracy);
  }

  /// The nets of all digits and seeds before the training, from the smallest on.
  std::vector<double> first_nets() const {
    Graph graph;
    const auto model = lesson(graph);
    std::vector<double> nets;
    for (const auto& run : slow_.runs) {
      const auto logits = evaluate(model.logits, initial_state(graph, run.seed),
                                   model.images.feed(trainings_.digits().images));
      const auto numbers = logits.values<double>();
      nets.insert(nets.end(), numbers.begin(), numbers.end());
    }
    std::sort(nets.begin(), nets.end());
    return nets;
  }

  void check_cause() {
    const auto nets = first_nets();
    const auto inside = std::count_if(nets.begin(), nets.end(), [](double x) { return x >= 10 && x <= 15; });
    const auto median = nets[nets.size() / 2];
    say("many nets are in [10, 15] at first", 3 * inside >= static_cast<std::ptrdiff_t>(nets.size()),
        fmt::format("{:.1f} to {:.1f}, median {:.1f}, {:.0f} % of them in [10, 15]", nets.front(),
                    nets.back(), median,
                    100.0 * static_cast<double>(inside) / static_cast<double>(nets.size())));

    auto setting = fast_.setting;
    setting.shift = 12;
    const auto& shifted = trainings_.of(setting);
    const auto count = [](const LessonRuns& runs) { return runs.mean(0, &LessonEpoch::too_large); };
    say("that the nets are there is why steps are too large", count(shifted) < 0.9 * count(fast_),
        fmt::format("{:.0f} in epoch 1, and {:.0f} with 12 subtracted from every net, which softmax does not "
                    "see; the step is rate * gradient, and the rate is 10",
                    count(fast_), count(shifted)));
  }

  void check_rates() {
    const auto all = [](const LessonRuns& runs, auto number) {
      double sum = 0;
      for (std::size_t epoch = 0; epoch < runs.epoch_count(); ++epoch) sum += runs.mean(epoch, number);
      return sum;
    };
    say("at output rate 10 some steps are too large, at 0.1 none is",
        all(fast_, &LessonEpoch::too_large) > 0 && all(slow_, &LessonEpoch::too_large) == 0,
        fmt::format("of {:.0f} in a training: {:.0f} at 10, {:.0f} at 1.0, {:.0f} at 0.1",
                    31'000.0 * static_cast<double>(last_ + 1), all(fast_, &LessonEpoch::too_large),
                    all(middle_, &LessonEpoch::too_large), all(slow_, &LessonEpoch::too_large)));
    const auto not_finite = all(fast_, &LessonEpoch::not_finite) + all(middle_, &LessonEpoch::not_finite) +
                            all(slow_, &LessonEpoch::not_finite);
    say("no step is NaN or infinite", not_finite == 0, fmt::format("{:.0f} at all three rates", not_finite));
    check_ignored_warnings();
    say("output rate 0.1 reaches 95 % in four epochs", is_reached(slow_, 0.95, 4),
        fmt::format("{}, online and on the 100 digits that it trains on; {:.1f} % of the 10,000 test digits",
                    when(slow_, 0.95), 100 * slow_.mean_test_accuracy()));
    say("output rate 1.0 learns, too", percent(middle_, last_) >= 95,
        fmt::format("95 % {}", when(middle_, 0.95)));
  }

  void check_ignored_warnings() {
    constexpr double twice_guessing = 20;
    const auto& before = trainings_.of(predecessor());
    const auto early = std::min<std::size_t>(last_, 4);
    say("with the warnings ignored (output rate 10), training is not faster than before",
        percent(fast_, early) < std::min(twice_guessing, percent(slow_, early)),
        fmt::format("after {} epochs {:.1f} %, and {:.1f} % with what was before, sigmoids with the squared "
                    "error (10 % is guessing); after {} epochs {:.1f} % and {:.1f} %; at 0.1 it is {:.1f} % "
                    "and {:.1f} %",
                    early + 1, percent(fast_, early), percent(before, early), last_ + 1,
                    percent(fast_, last_), percent(before, last_), percent(slow_, early),
                    percent(slow_, last_)));
  }

  /// The first epoch with steps that are too small, of each seed.
  static std::vector<std::int64_t> first_too_small(const LessonRuns& runs) {
    std::vector<std::int64_t> epochs;
    for (const auto& run : runs.runs) {
      const auto found = std::find_if(run.epochs.begin(), run.epochs.end(),
                                      [](const LessonEpoch& epoch) { return epoch.too_small > 0; });
      epochs.push_back(found == run.epochs.end() ? 0 : found - run.epochs.begin() + 1);
    }
    return epochs;
  }

  void check_too_small() {
    const auto epochs = first_too_small(slow_);
    double accuracy = 1;
    for (std::size_t index = 0; index < epochs.size(); ++index) {
      const auto epoch = static_cast<std::size_t>(epochs[index]);
      accuracy = std::min(accuracy, epoch < 1 ? 0 : slow_.runs[index].epochs[epoch - 1].accuracy);
    }
    say("after 88 % some steps are too small", accuracy >= 0.88,
        fmt::format("at 0.1 first {}, at {:.0f} % or more", when(epochs), 100 * accuracy));
    const auto [small, of_known] = small_steps(trainings_.digits(), slow_);
    say("that is because the loss is small by then", small > 0 && 10 * of_known > 9 * small,
        fmt::format(
            "{} of {} such steps of the first ten epochs are for samples whose label has 90 % or more",
            of_known, small));
  }

  void check_variants() {
    const auto& slow = trainings_.of(demo(LessonVariant::correct, 0.1));
    say("with the right gradient the hidden rate 10 is enough for 95 % in five epochs",
        is_reached(slow, 0.95, 5), fmt::format("95 % {}, with 785 {}", when(slow, 0.95), when(slow_, 0.95)));
    const auto& fast = trainings_.of(demo(LessonVariant::correct, 10));
    say("the output rate 10 is too large to learn with", percent(fast, last_) < 95,
        fmt::format("with the right gradient and the hidden rate 10, 95 % {}, with 785 {}", when(fast, 0.95),
                    when(fast_, 0.95)));
  }

  void check_predecessor() {
    const auto& before = trainings_.of(predecessor());
    say("softmax with cross-entropy is faster than sigmoids with the squared error",
        percent(before, last_) < percent(slow_, std::min<std::size_t>(last_, 4)),
        fmt::format("sigmoid(net / 3.1) at rates 10 and 10: {:.1f} % after {} epochs (the original: 24 %); "
                    "softmax: {:.1f} % after {}",
                    percent(before, last_), last_ + 1, percent(slow_, std::min<std::size_t>(last_, 4)),
                    std::min<std::size_t>(last_, 4) + 1));
  }

  void check_batches() {
    const auto& tens = trainings_.of(with_batch(slow_.setting, 10));
    const auto& whole = trainings_.of(with_batch(slow_.setting, 100));
    const auto judged = std::min<std::size_t>(last_, 9);
    say("mini-batches of 10 and 100 need more epochs at the same rates",
        percent(whole, judged) < percent(tens, judged) && percent(tens, judged) < percent(slow_, judged),
        fmt::format("88 % with 1 {}; with 10 {} (the original: 9); with 100 {} (41 to 47). 95 % with 1 {}; "
                    "with 10 {} "
                    "(14 to 20); with 100 {}",
                    when(slow_, 0.88), when(tens, 0.88), when(whole, 0.88), when(slow_, 0.95),
                    when(tens, 0.95), when(whole, 0.95)));
  }

  void check_speed() {
    const auto ratio = original_seconds_per_sample / slow_.seconds_per_sample;
    say("it takes a hundredth of the original's 4 to 9 ms a sample", ratio >= 100,
        fmt::format("{:.1f} us, 4 ms are {:.0f} times as much", 1e6 * slow_.seconds_per_sample, ratio));
  }

  LessonTrainings& trainings_;
  const LessonRuns& fast_;
  const LessonRuns& middle_;
  const LessonRuns& slow_;
  std::size_t last_;
  std::vector<Statement> statements_;
};

}  // namespace

std::vector<Statement> check_demo(LessonTrainings& trainings) {
  return Demo{trainings}.check();
}

std::vector<Statement> check_statements(LessonTrainings& trainings) {
  auto statements = check_formulas(trainings.digits());
  for (auto& part : {check_demo(trainings), check_extremes(trainings.digits())})
    statements.insert(statements.end(), part.begin(), part.end());
  return statements;
}

}  // namespace retrograph::program
