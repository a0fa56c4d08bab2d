#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// The mean of the squared differences between what was predicted and what should have been.
///
///     y = (1 / n) sum_i (predictions_i - targets_i)^2      n: all their numbers
///
/// predictions, targets  [...], of one shape and dtype, float32 or float64; nothing is repeated
/// returns               []; NaN where n is 0
///
/// Made of subtract, square and mean. Gradients: 2 (predictions - targets) / n times upstream, and minus
/// that. Throws ShapeError if the shapes differ, TypeError if the dtypes differ or are not float.
Tensor mean_squared_error(const Tensor& predictions, const Tensor& targets,
                          std::source_location where = std::source_location::current());

}  // namespace retrograph
