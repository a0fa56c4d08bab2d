#pragma once

#include <array>
#include <string_view>

namespace retrograph::program {

/// What the lesson's own program measures in an epoch, as means over five seeds: accuracy in percent, counts
/// of the 31,000 steps of the output layer.
struct MeasuredEpoch {
  std::size_t epoch;  // from 1
  double accuracy, loss, too_large, too_small;
};

struct MeasuredTraining {
  double output_rate;
  std::array<MeasuredEpoch, 7> epochs;
  std::string_view epochs_to_95;  // percent, of each seed
};

/// Source: the program of the lesson on softmax and cross-entropy, run with the seeds it was given for each
/// of its three output rates.
inline constexpr std::array<MeasuredTraining, 3> measured_by_the_original{{{10,
                                                                            {{{1, 10.4, 10.37, 348, 10'715},
                                                                              {2, 9.0, 9.15, 193, 12'669},
                                                                              {3, 10.6, 8.95, 202, 12'969},
                                                                              {4, 10.4, 9.09, 230, 14'091},
                                                                              {5, 12.0, 9.92, 225, 15'156},
                                                                              {10, 21.8, 8.09, 248, 18'789},
                                                                              {50, 53.7, 8.30, 199, 28'889}}},
                                                                            "never"},
                                                                           {1,
                                                                            {{{1, 11.4, 2.79, 0, 42},
                                                                              {2, 37.8, 1.75, 0, 0},
                                                                              {3, 66.4, 0.98, 0, 113},
                                                                              {4, 84.6, 0.51, 0, 669},
                                                                              {5, 92.8, 0.24, 0, 1'610},
                                                                              {10, 100, 0.007, 0, 3'454},
                                                                              {50, 100, 0.001, 0, 6'965}}},
                                                                            "6, 6, 7, 6, 6"},
                                                                           {0.1,
                                                                            {{{1, 27.8, 2.12, 0, 0},
                                                                              {2, 69.8, 1.09, 0, 0},
                                                                              {3, 89.2, 0.63, 0, 0},
                                                                              {4, 94.4, 0.37, 0, 2},
                                                                              {5, 97.6, 0.23, 0, 7},
                                                                              {10, 100, 0.055, 0, 116},
                                                                              {50, 100, 0.006, 0, 1'595}}},
                                                                            "4, 5, 4, 4, 5"}}};

/// Seconds a sample of its fastest trainings.
inline constexpr double original_seconds_per_sample = 0.004;

}  // namespace retrograph::program
