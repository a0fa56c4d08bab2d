#pragma once

#include <retrograph/models/optimizers/gradient_handling.hpp>
#include <retrograph/models/optimizers/parameter_groups.hpp>

namespace retrograph {

struct NadamOptions {
  LearningRate learning_rate = 2e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double momentum_decay = 4e-3;
  double weight_decay = 0;
  bool decoupled_weight_decay = false;  // as in adamw, not through the gradient
  std::vector<ParameterGroup> groups = {};
  GradientHandling gradients = {};
  std::string name = "nadam";
};

/// NAdam: Adam with Nesterov's momentum, which grows towards beta1.
///
///     g = d loss / d parameter + weight_decay * parameter
///     t       <- t + 1                                          starts at 0
///     mu_t    = beta1 * (1 - 0.96^(t * momentum_decay) / 2)
///     product <- product * mu_t                                 starts at 1
///     first   <- beta1 * first + (1 - beta1) * g                starts at 0
///     second  <- beta2 * second + (1 - beta2) * g^2             starts at 0
///     parameter <- parameter - rate / (sqrt(second / (1 - beta2^t)) + epsilon)
///                    * ((1 - mu_t) / (1 - product) * g + mu_(t+1) / (1 - product * mu_(t+1)) * first)
///
/// loss        [], float32 or float64
/// parameters  each must reach the loss
/// returns     an update of each parameter, of its slots `nadam/<parameter>/first_moment` and
///             `second_moment`, and of the slots `nadam/step`, int64, and `nadam/momentum_product`, float64
///
/// The new nodes are in the scope `name`. All is as in PyTorch's NAdam; in the paper the first moment too is
/// made with mu_t. Source: Dozat: "Incorporating Nesterov momentum into Adam", ICLR 2016 workshop.
///
/// Throws GraphError for a beta outside [0, 1), an epsilon or momentum_decay below 0, and what Optimizer
/// refuses; GradientError if a parameter does not reach the loss.
Updates nadam(const Tensor& loss, std::span<const Parameter> parameters, const NadamOptions& options = {},
              std::source_location where = std::source_location::current());

}  // namespace retrograph
