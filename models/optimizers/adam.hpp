#pragma once

#include <retrograph/models/optimizers/parameter_rates.hpp>

namespace retrograph {

struct AdamOptions {
  Operand learning_rate = 1e-3;  // a number or a scalar tensor, such as one that falls with time
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  std::vector<ParameterRate> rates = {};  // of the patterns that match a parameter, the last counts
};

/// Adam: descent by running means of the gradient and of its square.
///
///     g = d loss / d parameter
///     t      <- t + 1                                     starts at 0
///     first  <- beta1 * first + (1 - beta1) * g           starts at 0
///     second <- beta2 * second + (1 - beta2) * g^2        starts at 0
///     parameter <- parameter - rate * (first / (1 - beta1^t)) / (sqrt(second / (1 - beta2^t)) + epsilon)
///
/// loss        [], float32 or float64
/// parameters  each must reach the loss
/// returns     an update of each parameter, of its slots `adam/<parameter>/first_moment` and
///             `second_moment`, and of t, the slot `adam/step`, int64
///
/// The new nodes are in the scope "adam". 1 - beta^t is worked out in float64: in float32, 1 - 0.999 has but
/// four good digits. Source: Kingma, Ba: "Adam: a method for stochastic optimization", ICLR 2015,
/// algorithm 1.
///
/// Throws GraphError for no parameters, a beta outside [0, 1), a negative epsilon, or rates that `rates_of`
/// refuses; GradientError if a parameter does not reach the loss.
Updates adam(const Tensor& loss, std::span<const Parameter> parameters, const AdamOptions& options = {},
             std::source_location where = std::source_location::current());

}  // namespace retrograph
