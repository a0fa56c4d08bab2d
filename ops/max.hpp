#pragma once

#include <retrograph/graph/graph.hpp>
#include <retrograph/ops/axes.hpp>

namespace retrograph {

/// The largest, the smallest number over chosen axes. (Of two tensors, number by number: see maximum.)
///
///     y = max_i x_i,  y = min_i x_i
///
/// x        [...], any dtype; false is less than true. A NaN is handed on
/// returns  x's shape without `axes`, or with extent 1 there
///
/// Gradient: upstream to the number that was chosen; if several are equal, the same share to each. Where the
/// result is NaN, so is the gradient.
/// Throws ShapeError for an axis that x does not have or that has extent 0; FeedError (at run) if it is a
/// symbol bound to 0: nothing has no largest number.
Tensor max(const Tensor& x, const Axes& axes = {}, Keep keep = Keep::no,
           std::source_location where = std::source_location::current());
Tensor min(const Tensor& x, const Axes& axes = {}, Keep keep = Keep::no,
           std::source_location where = std::source_location::current());

}  // namespace retrograph
