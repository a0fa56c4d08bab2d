#pragma once

#include <retrograph/models/classifier.hpp>

#include "commands.hpp"

namespace retrograph::program {

/// The net of the choice, for images of 784 pixels and 10 digits, in an empty graph.
Classifier make_model(Graph& graph, const MlpChoice& choice);

/// "784-128-10 relu".
std::string describe(const MlpChoice& choice);

}  // namespace retrograph::program
