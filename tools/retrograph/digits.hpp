#pragma once

#include <retrograph/models/classifier.hpp>

#include "commands.hpp"

namespace retrograph::program {

/// The net of the choice, for images of 784 pixels and 10 digits, in an empty graph.
Classifier make_model(Graph& graph, const ModelChoice& choice);

/// "784-128-10 relu", "lenet".
std::string describe(const ModelChoice& choice);

}  // namespace retrograph::program
