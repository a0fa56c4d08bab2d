#pragma once

#include "run_log.hpp"

namespace retrograph {
struct Dataset;
}

namespace retrograph::program {

// The parts of the page, as HTML; empty where nothing was logged for them.

std::string title_of(const RunLog& log);
/// The title, and the figures that one looks for first.
std::string overview(const RunLog& log);
std::string curves_section(const RunLog& log);
std::string health_section(const RunLog& log);
/// The confusion matrix, precision and recall.
std::string classes_section(const RunLog& log);
/// The worst mistakes. `test`, if given, has the images that they were made on.
/// Throws DataError if it has other labels than the log.
std::string mistakes_section(const RunLog& log, const Dataset* test);
/// The command, the model's graph and the numbers of every epoch.
std::string training_section(const RunLog& log);

}  // namespace retrograph::program
