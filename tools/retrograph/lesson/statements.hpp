#pragma once

#include "training.hpp"

#include <string_view>

namespace retrograph::program {

/// Something that the lesson says, or that must hold beside it, and what came of the check.
struct Statement {
  std::string_view topic;
  std::string text;
  bool holds;
  std::string number;  // that the answer rests on
};

/// All there are, in the order of the lesson.
std::vector<Statement> check_statements(LessonTrainings& trainings);

// The parts of it, each with a topic or two of its own.

/// delta = a - y and what it follows from, on the nets that the 100 digits have at first.
std::vector<Statement> check_formulas(const Dataset& digits);
/// What the demo shows, trained as the original does.
std::vector<Statement> check_demo(LessonTrainings& trainings);
/// Inputs on which the original fails.
std::vector<Statement> check_extremes(const Dataset& digits);

}  // namespace retrograph::program
