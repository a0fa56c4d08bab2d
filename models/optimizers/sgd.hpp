#pragma once

#include <retrograph/models/optimizers/gradient_handling.hpp>
#include <retrograph/models/optimizers/parameter_groups.hpp>

namespace retrograph {

struct SgdOptions {
  LearningRate learning_rate = 0.1;
  double momentum = 0;
  double dampening = 0;
  bool nesterov = false;
  double weight_decay = 0;
  std::vector<ParameterGroup> groups = {};
  GradientHandling gradients = {};
  std::string name = "sgd";
};

/// Stochastic gradient descent, with momentum if asked for.
///
///     g = d loss / d parameter + weight_decay * parameter
///     parameter <- parameter - rate * g                               without momentum
///     velocity  <- momentum * velocity + (1 - dampening) * g          with momentum; the first velocity is g
///     parameter <- parameter - rate * velocity
///     parameter <- parameter - rate * (g + momentum * velocity)       with Nesterov's
///
/// loss        [], float32 or float64
/// parameters  each must reach the loss
/// returns     an update of each parameter and of its velocity, the slot `sgd/<parameter>/velocity`
///
/// The new nodes are in the scope `name`. The rate multiplies the velocity and not the gradients in it: one
/// that changes acts on the whole velocity at once. All is as in PyTorch's SGD but for the default rate.
/// Source: Sutskever, Martens, Dahl, Hinton: "On the importance of initialization and momentum in deep
/// learning", ICML 2013, equations 1 and 2, and for Nesterov's 3 and 4 as seen from the point where the
/// gradient is taken; their v is -rate * velocity.
///
/// Throws GraphError for a momentum or dampening outside [0, 1), nesterov without momentum or with
/// dampening, dampening without momentum, and what Optimizer refuses; GradientError if a parameter does not
/// reach the loss.
Updates sgd(const Tensor& loss, std::span<const Parameter> parameters, const SgdOptions& options = {},
            std::source_location where = std::source_location::current());

}  // namespace retrograph
