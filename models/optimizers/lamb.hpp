#pragma once

#include <retrograph/models/optimizers/gradient_handling.hpp>
#include <retrograph/models/optimizers/parameter_groups.hpp>

namespace retrograph {

struct LambOptions {
  LearningRate learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-6;
  double weight_decay = 1e-2;
  std::vector<ParameterGroup> groups = {};
  GradientHandling gradients = {};
  std::string name = "lamb";
};

/// LAMB: Adam's direction, scaled for each parameter so that the step is `rate` times as long as it: for
/// large batches.
///
///     r = adam's direction + weight_decay * parameter
///     trust = |parameter| / |r|, Euclidean norms, or 1 where one of them is 0
///     parameter <- parameter - rate * trust * r
///
/// loss        [], float32 or float64
/// parameters  each must reach the loss
/// returns     an update of each parameter, of its slots `lamb/<parameter>/first_moment` and
///             `second_moment`, and of t, the slot `lamb/step`, int64
///
/// The new nodes are in the scope `name`. The paper's phi is the identity. Unlike the others, it reads the
/// numbers of a parameter more than once: no number moves before both norms are known. Source: You, Li,
/// Reddi, Hseu and others: "Large batch optimization for deep learning: training BERT in 76 minutes", ICLR
/// 2020, algorithm 2. PyTorch has no LAMB.
///
/// Throws GraphError for a beta outside [0, 1), an epsilon below 0, and what Optimizer refuses; GradientError
/// if a parameter does not reach the loss.
Updates lamb(const Tensor& loss, std::span<const Parameter> parameters, const LambOptions& options = {},
             std::source_location where = std::source_location::current());

}  // namespace retrograph
