#pragma once

#include <retrograph/models/optimizers/gradient_handling.hpp>
#include <retrograph/models/optimizers/parameter_groups.hpp>

namespace retrograph {

struct AdagradOptions {
  LearningRate learning_rate = 1e-2;
  double rate_decay = 0;
  double initial_accumulator = 0;
  double epsilon = 1e-10;
  double weight_decay = 0;
  std::vector<ParameterGroup> groups = {};
  GradientHandling gradients = {};
  std::string name = "adagrad";
};

/// Adagrad: a number whose gradients were large moves in smaller steps from then on.
///
///     g = d loss / d parameter + weight_decay * parameter
///     t   <- t + 1                                         starts at 0
///     sum <- sum + g^2                                     starts at initial_accumulator
///     parameter <- parameter - rate / (1 + (t - 1) * rate_decay) * g / (sqrt(sum) + epsilon)
///
/// loss        [], float32 or float64
/// parameters  each must reach the loss
/// returns     an update of each parameter, of its slot `adagrad/<parameter>/sum_of_squares`, and of t, the
///             slot `adagrad/step`, int64, where there is a rate_decay
///
/// The new nodes are in the scope `name`. All is as in PyTorch's Adagrad; epsilon, which the paper calls
/// delta, is outside the root. Source: Duchi, Hazan, Singer: "Adaptive subgradient methods for online
/// learning and stochastic optimization", Journal of Machine Learning Research 12, 2011, section 1.1, with
/// the diagonal of G_t.
///
/// Throws GraphError for a rate_decay, initial_accumulator or epsilon below 0, and what Optimizer refuses;
/// GradientError if a parameter does not reach the loss.
Updates adagrad(const Tensor& loss, std::span<const Parameter> parameters, const AdagradOptions& options = {},
                std::source_location where = std::source_location::current());

}  // namespace retrograph
