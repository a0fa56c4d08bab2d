#pragma once

#include <retrograph/models/classifier.hpp>

#include "commands.hpp"

namespace retrograph::program {

enum class Purpose { training, use };

/// The net of the choice in an empty graph. Throws DataError if it is not for such images.
Classifier make_model(Graph& graph, const ModelChoice& choice, Purpose purpose = Purpose::training);

/// Whether it is one net that is trained and another that is used.
bool differs_in_use(const ModelChoice& choice);

/// The numbers of an image.
std::int64_t pixels_of(const ModelChoice& choice);

/// The units of each layer between the convolutions, or the images, and the last layer.
std::vector<std::int64_t> hidden_of(const ModelChoice& choice);

/// "784-128-10 relu", "lenet 6-16-120-84-10".
std::string describe(const ModelChoice& choice);

}  // namespace retrograph::program
