#pragma once

#include <retrograph/models/classifier.hpp>
#include <retrograph/models/initializers.hpp>
#include <retrograph/models/normalization.hpp>
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
  Normalization normalization =
      Normalization::none;  // between the weights of hidden layers and the activation
  double dropout = 0;       // behind the activation
  bool in_use = false;      // as it is evaluated: without dropout, and with the running statistics
};

/// A multilayer perceptron that tells classes apart: fully connected layers with an activation between them.
///
///     x_0 = images,  x_l = activation(x_(l-1) weight_l + bias_l),  logits = x_L weight + bias
///     x_l = dropout(activation(norm(x_(l-1) weight_l)))              where there are a norm and dropout
///
/// Makes the dim "batch", the inputs `images` [batch, inputs] and `labels` [batch], int32, and layers in the
/// scopes `hidden`, `hidden_2`, `hidden_3`, ... and `output`. The output layer starts with small
/// weights, uniform in [-0.01, 0.01), so that training starts from guessing: at a loss near ln(classes). All
/// biases start at 0. With a normalization, the scope of each hidden layer has one named `norm`, whose shift
/// stands for the bias. Where it is that of a batch, or where there is dropout, a model that is trained is
/// built once more, in_use, in a graph of its own: one State serves both.
///
/// Throws ShapeError for a negative extent, GraphError for a dropout outside [0, 1], or if the graph has
/// nodes of these names.
Classifier mlp(Graph& graph, const MlpOptions& options = {},
               std::source_location where = std::source_location::current());

}  // namespace retrograph
