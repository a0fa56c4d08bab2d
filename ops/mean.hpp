#pragma once

#include <retrograph/graph/graph.hpp>
#include <retrograph/ops/axes.hpp>

namespace retrograph {

/// The mean over chosen axes.
///
///     y = (1 / n) sum_i x_i      n: the numbers along `axes`
///
/// x        [...], float32 or float64
/// returns  x's shape without `axes`, or with extent 1 there; NaN where n is 0
///
/// Gradient: upstream / n, repeated along `axes`. As accurate as `sum`.
/// Throws ShapeError for an axis that x does not have.
Tensor mean(const Tensor& x, const Axes& axes = {}, Keep keep = Keep::no,
            std::source_location where = std::source_location::current());

}  // namespace retrograph
