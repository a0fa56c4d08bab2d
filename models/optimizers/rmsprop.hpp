#pragma once

#include <retrograph/models/optimizers/gradient_handling.hpp>
#include <retrograph/models/optimizers/parameter_groups.hpp>

namespace retrograph {

struct RmspropOptions {
  LearningRate learning_rate = 1e-2;
  double alpha = 0.99;
  double epsilon = 1e-8;
  double momentum = 0;
  bool centered = false;
  double weight_decay = 0;
  std::vector<ParameterGroup> groups = {};
  GradientHandling gradients = {};
  std::string name = "rmsprop";
};

/// RMSprop: the gradient over the root of the running mean of its square, or, centred, of its variance.
///
///     g = d loss / d parameter + weight_decay * parameter
///     second <- alpha * second + (1 - alpha) * g^2                    starts at 0
///     first  <- alpha * first + (1 - alpha) * g                       where centred; starts at 0
///     size   = sqrt(second)                                           centred: sqrt(second - first^2)
///     parameter <- parameter - rate * g / (size + epsilon)            without momentum
///     velocity  <- momentum * velocity + g / (size + epsilon)         with momentum; starts at 0
///     parameter <- parameter - rate * velocity
///
/// loss        [], float32 or float64
/// parameters  each must reach the loss
/// returns     an update of each parameter and of its slots, `rmsprop/<parameter>/second_moment`,
///             `first_moment` and `velocity`
///
/// The new nodes are in the scope `name`. All is as in PyTorch's RMSprop, except that a variance which
/// rounding has made negative counts as 0 instead of making a NaN. Sources: Tieleman, Hinton: "Lecture 6.5 -
/// rmsprop", COURSERA: Neural Networks for Machine Learning, 2012; centred, Graves: "Generating sequences
/// with recurrent neural networks", arXiv:1308.0850, 2013, equations 38 to 41, with epsilon inside the root.
///
/// Throws GraphError for an alpha or momentum outside [0, 1), an epsilon below 0, and what Optimizer refuses;
/// GradientError if a parameter does not reach the loss.
Updates rmsprop(const Tensor& loss, std::span<const Parameter> parameters, const RmspropOptions& options = {},
                std::source_location where = std::source_location::current());

}  // namespace retrograph
