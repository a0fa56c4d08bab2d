#pragma once

#include <retrograph/graph/tensor.hpp>

#include <source_location>

namespace retrograph {

/// The numbers of the result of tally_steps, in this order.
enum class Tally { too_large, too_small, not_finite, zero, largest, step_squares, weight_squares };
inline constexpr std::int64_t tally_size = 7;

/// How large the steps of a parameter are, counted in one pass over both.
///
///     too_large       how many |step| are above `large` and finite
///     too_small       how many 0 < |step| are below `small`
///     not_finite      how many steps are NaN or infinite
///     zero            how many steps are 0
///     largest         the largest finite |step|, or 0
///     step_squares    the sum of the squares of the finite steps
///     weight_squares  the sum of the squares of the weights
///
/// steps    [...], float32 or float64
/// weights  likewise
/// returns  [7], float64; not differentiable
///
/// Throws ShapeError or TypeError if the types differ.
Tensor tally_steps(const Tensor& steps, const Tensor& weights, double large, double small,
                   std::source_location where = std::source_location::current());

/// How many numbers of x are above `limit` or below -limit: [], float64, not differentiable.
Tensor count_beyond(const Tensor& x, double limit,
                    std::source_location where = std::source_location::current());

}  // namespace retrograph
