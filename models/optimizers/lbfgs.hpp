#pragma once

#include <retrograph/models/optimizers/gradient_handling.hpp>
#include <retrograph/models/optimizers/parameter_groups.hpp>

namespace retrograph {

struct LbfgsOptions {
  LearningRate learning_rate = 1.0;
  std::int64_t history = 10;       // pairs that it remembers, m
  double least_curvature = 1e-10;  // a pair of no more than that is left out
  double weight_decay = 0;
  std::vector<ParameterGroup> groups = {};
  GradientHandling gradients = {};
  std::string name = "lbfgs";
};

/// L-BFGS with a fixed rate: one step a run, along the gradient as the curvature of the last steps bends it.
/// For batches of all data, or so large that the gradient hardly depends on the choice.
///
///     g = d loss / d parameter + weight_decay * parameter
///     y = g - g of the step before, s = the move of the step before                 start at 0
///     the last m pairs (s, y) of which s . y > least_curvature are remembered, with rho = 1 / (s . y)
///
///     q = g;                  for each pair, the newest first: a = rho (s . q), q <- q - a y
///     r = s . y / y . y * q;  for each pair, the oldest first: r <- r + (a - rho (y . r)) s
///
///     parameter <- parameter - rate * r       in the first step rate / max(1, |g|_1)
///
/// where r starts from the newest pair, or as q where there is none.
///
/// loss        [], float32 or float64
/// parameters  each must reach the loss; the scalar products are over the numbers of all of them
/// returns     an update of each parameter, of its slots `lbfgs/<parameter>/last_gradient`, `last_move`,
///             `move_<i>` and `gradient_change_<i>`, the newest pair 1, of `lbfgs/inverse_curvature_<i>` and
///             `lbfgs/scale`, [], float64, and of the count `lbfgs/step`, int64
///
/// The new nodes are in the scope `name`. Each parameter's part of a scalar product is in its dtype, all else
/// of them in float64. A step takes 2 m + 2 passes over the parameters, one after the other; the slots
/// have 2 m + 2 times their size, and the new values as much until they take the place of the old ones. All
/// is as in PyTorch's LBFGS with max_iter = 1 and no line search, which besides stops where the gradient is
/// small; `minimize` has a line search. Sources: Nocedal: "Updating quasi-Newton matrices with limited
/// storage", Mathematics of computation 35, 1980; Liu, Nocedal: "On the limited memory BFGS method for large
/// scale optimization", Mathematical programming 45, 1989; Nocedal, Wright: "Numerical optimization", 2nd
/// edition, 2006, algorithms 7.4 and 7.5, equation 7.20.
///
/// Throws GraphError for a history below 1, a least curvature below 0, and what Optimizer refuses;
/// GradientError if a parameter does not reach the loss.
Updates lbfgs(const Tensor& loss, std::span<const Parameter> parameters, const LbfgsOptions& options = {},
              std::source_location where = std::source_location::current());

}  // namespace retrograph
