#pragma once

#include <retrograph/models/optimizers/gradient_handling.hpp>
#include <retrograph/models/optimizers/parameter_groups.hpp>

namespace retrograph {

struct AdamOptions {
  LearningRate learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;  // as part of the gradient; see adamw for the other kind
  bool amsgrad = false;
  std::vector<ParameterGroup> groups = {};
  GradientHandling gradients = {};
  std::string name = "adam";
};

/// Adam: descent by running means of the gradient and of its square.
///
///     g = d loss / d parameter + weight_decay * parameter
///     t      <- t + 1                                     starts at 0
///     first  <- beta1 * first + (1 - beta1) * g           starts at 0
///     second <- beta2 * second + (1 - beta2) * g^2        starts at 0
///     parameter <- parameter - rate * (first / (1 - beta1^t)) / (sqrt(second / (1 - beta2^t)) + epsilon)
///
/// With amsgrad, `largest <- max(largest, second)`, which starts at 0, takes the place of second in the last
/// line.
///
/// loss        [], float32 or float64
/// parameters  each must reach the loss
/// returns     an update of each parameter, of its slots `adam/<parameter>/first_moment`, `second_moment` and
///             `largest_second_moment`, and of t, the slot `adam/step`, int64
///
/// The new nodes are in the scope `name`. 1 - beta^t is worked out in float64. All is as in PyTorch's Adam,
/// whose AMSGrad corrects the largest second moment, as Adam does the second; the paper's does not. Sources:
/// Kingma, Ba: "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1; Reddi, Kale, Kumar: "On
/// the convergence of Adam and beyond", ICLR 2018, algorithm 2.
///
/// Throws GraphError for a beta outside [0, 1), an epsilon below 0, and what Optimizer refuses; GradientError
/// if a parameter does not reach the loss.
Updates adam(const Tensor& loss, std::span<const Parameter> parameters, const AdamOptions& options = {},
             std::source_location where = std::source_location::current());

}  // namespace retrograph
