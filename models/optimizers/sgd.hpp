#pragma once

#include <retrograph/models/optimizers/parameter_rates.hpp>

namespace retrograph {

struct SgdOptions {
  Operand learning_rate = 0.1;  // a number or a scalar tensor, such as one that falls with time
  double momentum = 0;
  bool nesterov = false;
  std::vector<ParameterRate> rates = {};  // of the patterns that match a parameter, the last counts
};

/// Stochastic gradient descent, with momentum if asked for.
///
///     g = d loss / d parameter
///     parameter <- parameter - rate * g                               without momentum
///     velocity  <- momentum * velocity + g                            with momentum; starts at 0
///     parameter <- parameter - rate * velocity
///     parameter <- parameter - rate * (g + momentum * velocity)       with Nesterov's
///
/// loss        [], float32 or float64
/// parameters  each must reach the loss
/// returns     an update of each parameter and of its velocity, the slot `sgd/<parameter>/velocity`
///
/// The new nodes are in the scope "sgd". The rate multiplies the velocity and not the gradients in it, as in
/// PyTorch: a rate that changes acts on the whole velocity at once. Source: Sutskever, Martens, Dahl, Hinton:
/// "On the importance of initialization and momentum in deep learning", ICML 2013, equations 1 and 2, and for
/// Nesterov's 3 and 4 as seen from the point where the gradient is taken; their v is -rate * velocity.
///
/// Throws GraphError for no parameters, a momentum outside [0, 1), nesterov without momentum, or rates that
/// `rates_of` refuses; GradientError if a parameter does not reach the loss.
Updates sgd(const Tensor& loss, std::span<const Parameter> parameters, const SgdOptions& options = {},
            std::source_location where = std::source_location::current());

}  // namespace retrograph
