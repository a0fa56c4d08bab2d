#pragma once

#include <retrograph/graph/graph.hpp>
#include <retrograph/ops/axes.hpp>

namespace retrograph {

/// How many numbers a tensor has along chosen axes: the product of their extents, as the run binds them.
///
/// x        [...], any dtype; its numbers are not read
/// returns  [], of `dtype`; 1 if `axes` are none
///
/// Not differentiable. Throws ShapeError for an axis that x does not have, TypeError if `dtype` is bool.
Tensor size(const Tensor& x, const Axes& axes = {}, DType dtype = DType::int64,
            std::source_location where = std::source_location::current());

}  // namespace retrograph
