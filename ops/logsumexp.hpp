#pragma once

#include <retrograph/graph/graph.hpp>
#include <retrograph/ops/axes.hpp>

namespace retrograph {

/// The logarithm of a sum of exponentials over chosen axes, in nats.
///
///     y = log(sum_i exp(x_i)) = m + log(sum_i exp(x_i - m))      m = max_i x_i
///
/// x        [...], float32 or float64, of any size: nothing overflows. -infinity counts for nothing
/// returns  x's shape without `axes`, or with extent 1 there; -infinity where all of x is, or there is
/// nothing
///
/// Gradient: upstream * exp(x - y), the softmax of x over the axes; 0 where y is -infinity.
/// Source: Blanchard, Higham and Higham, "Accurately computing the log-sum-exp and softmax functions",
/// IMA J. Numer. Anal. 41 (2021), 2311-2330. Throws ShapeError for an axis that x does not have.
Tensor logsumexp(const Tensor& x, const Axes& axes = {}, Keep keep = Keep::no,
                 std::source_location where = std::source_location::current());

}  // namespace retrograph
