#pragma once

#include "training.hpp"

namespace retrograph::program {

/// Steps of the output layer that are too small, 0 < |step| < 1e-7.
struct SmallSteps {
  std::int64_t count = 0;
  std::int64_t of_known = 0;  // of these, those made for a sample whose label had 90 % or more already
};

/// Trains again as the runs did, for ten epochs at most, and looks at every step.
SmallSteps small_steps(const Dataset& digits, const LessonRuns& runs);

}  // namespace retrograph::program
