#pragma once

#include <retrograph/models/optimizers/gradient_handling.hpp>
#include <retrograph/models/optimizers/parameter_groups.hpp>

namespace retrograph {

struct AdadeltaOptions {
  LearningRate learning_rate = 1.0;  // the paper's method has none
  double rho = 0.9;
  double epsilon = 1e-6;
  double weight_decay = 0;
  std::vector<ParameterGroup> groups = {};
  GradientHandling gradients = {};
  std::string name = "adadelta";
};

/// Adadelta: steps in the unit of the parameter, by the sizes of the steps before and of the gradients.
///
///     g = d loss / d parameter + weight_decay * parameter
///     squares <- rho * squares + (1 - rho) * g^2                      starts at 0
///     step    = sqrt(steps + epsilon) / sqrt(squares + epsilon) * g
///     steps   <- rho * steps + (1 - rho) * step^2                     starts at 0
///     parameter <- parameter - rate * step
///
/// loss        [], float32 or float64
/// parameters  each must reach the loss
/// returns     an update of each parameter and of its slots, `adadelta/<parameter>/squared_gradients` and
///             `squared_steps`
///
/// The new nodes are in the scope `name`. All is as in PyTorch's Adadelta. Source: Zeiler: "ADADELTA: an
/// adaptive learning rate method", arXiv:1212.5701, 2012, algorithm 1.
///
/// Throws GraphError for a rho outside [0, 1), an epsilon below 0, and what Optimizer refuses; GradientError
/// if a parameter does not reach the loss.
Updates adadelta(const Tensor& loss, std::span<const Parameter> parameters,
                 const AdadeltaOptions& options = {},
                 std::source_location where = std::source_location::current());

}  // namespace retrograph
