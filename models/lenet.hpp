#pragma once

#include <retrograph/models/classifier.hpp>
#include <retrograph/models/normalization.hpp>

#include <array>

namespace retrograph {

struct LenetOptions {
  std::array<std::int64_t, 2> channels = {6, 16};  // of the two convolutions
  std::vector<std::int64_t> hidden = {120, 84};    // units of the layers behind them
  std::int64_t classes = 10;
  DType dtype = DType::float32;
  Normalization normalization = Normalization::none;  // behind all weights but those of the output
  double dropout = 0;                                 // behind the hidden layers' relu
  bool in_use = false;                                // as in MlpOptions
};

/// A small convolutional net for images of 28 x 28 numbers, such as digits: LeNet-5 with today's parts, which
/// are max pooling in place of trained means, ReLU in place of tanh, every channel seen by every filter of
/// `conv_2`, and softmax at the end.
///
///     images -> [1, 28, 28]
///     conv       6 kernels of 5 x 5, 2 zeros around    [6, 28, 28]   largest of 2 x 2  [6, 14, 14]   relu
///     conv_2     16 kernels of 5 x 5                   [16, 10, 10]  largest of 2 x 2  [16, 5, 5]    relu
///     hidden     120 of 400 numbers, relu
///     hidden_2   84, relu
///     output     the logits
///
/// as it is by default; more channels and units tell harder images apart.
///
/// The ReLU stands behind the pooling, where it comes to the same as before it with a quarter of the work.
/// Makes the dim "batch", the inputs `images` [batch, 784] and `labels` [batch], int32, and layers in these
/// scopes: 61,706 parameters by default. The output layer starts with small weights, as in `mlp`.
/// A normalization stands before the pooling, with which it does not commute; all else about it and about
/// dropout is as in `mlp`.
///
/// Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition",
/// Proceedings of the IEEE 86 (1998), section II.B and figure 2.
/// Throws ShapeError for a negative extent, GraphError for a dropout outside [0, 1], or if the graph has
/// nodes of these names.
Classifier lenet(Graph& graph, const LenetOptions& options = {},
                 std::source_location where = std::source_location::current());

}  // namespace retrograph
