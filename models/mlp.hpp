#pragma once

#include <retrograph/models/classifier.hpp>
#include <retrograph/models/initializers.hpp>
#include <retrograph/ops/activation.hpp>

namespace retrograph {

/// An elementwise function between layers, such as `relu`.
using Activation = Tensor (*)(const Tensor&, std::source_location);

struct MlpOptions {
  std::int64_t inputs = 784;
  std::vector<std::int64_t> hidden = {128};
  std::int64_t classes = 10;
  Activation activation = relu;
  /// Of the hidden layers; if left empty, he_uniform for relu, xavier_uniform for others.
  Initializer weight = {};
  DType dtype = DType::float32;
};

/// A multilayer perceptron that tells classes apart: fully connected layers with an activation between them.
///
///     x_0 = images,  x_l = activation(x_(l-1) weight_l + bias_l),  logits = x_L weight + bias
///
/// Makes the dim "batch", the inputs `images` [batch, inputs] and `labels` [batch], int32, and layers in the
/// scopes `hidden`, `hidden_2`, `hidden_3`, ... and `output`. The output layer starts with small
/// weights, uniform in [-0.01, 0.01), so that training starts from guessing: at a loss near ln(classes). All
/// biases start at 0.
///
/// Throws ShapeError for a negative extent, GraphError if the graph has nodes of these names.
Classifier mlp(Graph& graph, const MlpOptions& options = {},
               std::source_location where = std::source_location::current());

}  // namespace retrograph
