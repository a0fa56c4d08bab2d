#pragma once

#include "../chart/line_chart.hpp"
#include "run_log.hpp"

namespace retrograph::program {

/// Loss, accuracy, learning rates and samples a second, by epochs; those of which something was logged.
std::vector<LineChart> training_curves(const RunLog& log);

/// The accuracies of several trainings by epochs, a chart each, whose title says which it was and how it
/// ended.
std::vector<LineChart> accuracy_curves(const std::vector<RunLog>& logs);

/// Of each layer by epochs: the size of steps beside weights; shares of steps that are too large, too small,
/// zero or not finite, of dead units and of saturated inputs, where there are any.
std::vector<LineChart> health_curves(const RunLog& log);

}  // namespace retrograph::program
