#pragma once

#include <retrograph/graph/graph.hpp>
#include <retrograph/ops/axes.hpp>

namespace retrograph {

/// Where along an axis the largest number is, or the smallest: the first of equal ones, and the first NaN if
/// there is one.
///
///     y = min { i : x_i = max_j x_j }
///
/// x        [...], any dtype
/// returns  int64, x's shape without `axis`, or with extent 1 there
///
/// Not differentiable. Throws ShapeError for an axis that x does not have or that has extent 0; FeedError (at
/// run) if it is a symbol bound to 0.
Tensor argmax(const Tensor& x, std::int64_t axis, Keep keep = Keep::no,
              std::source_location where = std::source_location::current());
Tensor argmin(const Tensor& x, std::int64_t axis, Keep keep = Keep::no,
              std::source_location where = std::source_location::current());

}  // namespace retrograph
