#pragma once

#include "statements.hpp"
#include "training.hpp"

#include <span>

namespace retrograph::program {

/// The lesson as one page of HTML that needs nothing else: its formulas, our figures beside the original's,
/// curves, every statement with its answer, and pictures of the graph, where the library can draw them.
///
/// shown  the demo at the rates of `measured_by_the_original`, in that order
std::string lesson_page(LessonTrainings& trainings, LessonVariant variant,
                        std::span<const LessonRuns* const> shown, std::span<const Statement> statements);

// The parts of it that are files of their own.

/// Formulas, in MathML, and what the lesson concludes from them.
std::string_view lesson_formulas();
/// The digits that are trained on, in one picture.
std::string lesson_digits_picture(const Dataset& digits);
/// Curves of all that was trained.
std::string lesson_charts(LessonTrainings& trainings, std::span<const LessonRuns* const> shown);
/// The forward pass, and all of a step; or a sentence where the library cannot draw.
std::string lesson_pictures(LessonVariant variant);

}  // namespace retrograph::program
