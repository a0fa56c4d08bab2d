#pragma once

#include <retrograph/graph/graph.hpp>
#include <retrograph/ops/axes.hpp>

namespace retrograph {

/// The sum over chosen axes.
///
///     y = sum_i x_i
///
/// x        [...], any dtype but bool; integers wrap around
/// returns  x's shape without `axes`, or with extent 1 there; 0 where there is nothing to sum
///
/// Gradient: upstream, repeated along `axes`. Numbers are added in a fixed tree, so that a million float32
/// sum up to within 4.3e-6 sum |x_i| at worst: see Reduction in reduction_loop.hpp. Throws ShapeError for an
/// axis that x does not have.
Tensor sum(const Tensor& x, const Axes& axes = {}, Keep keep = Keep::no,
           std::source_location where = std::source_location::current());

}  // namespace retrograph
