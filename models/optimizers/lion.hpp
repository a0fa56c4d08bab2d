#pragma once

#include <retrograph/models/optimizers/gradient_handling.hpp>
#include <retrograph/models/optimizers/parameter_groups.hpp>

namespace retrograph {

struct LionOptions {
  LearningRate learning_rate = 1e-4;
  double beta1 = 0.9;
  double beta2 = 0.99;
  double weight_decay = 0;
  std::vector<ParameterGroup> groups = {};
  GradientHandling gradients = {};
  std::string name = "lion";
};

/// Lion: every number moves by the rate, up or down as the sign of a momentum says.
///
///     g = d loss / d parameter
///     direction = sign(beta1 * momentum + (1 - beta1) * g)
///     parameter <- (1 - rate * weight_decay) * parameter - rate * direction
///     momentum  <- beta2 * momentum + (1 - beta2) * g                           starts at 0
///
/// loss        [], float32 or float64
/// parameters  each must reach the loss
/// returns     an update of each parameter and of its slot `lion/<parameter>/momentum`
///
/// The new nodes are in the scope `name`. Defaults are the paper's; its rates are 3 to 10 times smaller than
/// AdamW's and its decays as much larger. Source: Chen, Liang, Huang, Real, Wang and others: "Symbolic
/// discovery of optimization algorithms", NeurIPS 2023, algorithm 2. PyTorch has no Lion.
///
/// Throws GraphError for a beta outside [0, 1), and what Optimizer refuses; GradientError if a parameter does
/// not reach the loss.
Updates lion(const Tensor& loss, std::span<const Parameter> parameters, const LionOptions& options = {},
             std::source_location where = std::source_location::current());

}  // namespace retrograph
