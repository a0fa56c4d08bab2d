#pragma once

#include "original.hpp"
#include "training.hpp"

namespace retrograph::program {

/// What is trained, in a line: "100 digits, 784-30-10, ...".
std::string describe(const LessonTrainings& trainings);
/// At which rate of the hidden layer, and why.
std::string_view describe(LessonVariant variant);

/// The epochs that the original was measured in, ours beside them.
void print_table(const LessonRuns& runs, const MeasuredTraining& measured);

/// "4, 4, 5, 4, never".
std::string list_of_epochs(const std::vector<std::int64_t>& epochs);

}  // namespace retrograph::program
