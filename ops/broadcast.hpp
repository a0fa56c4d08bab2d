#pragma once

#include <retrograph/graph/broadcast_loop.hpp>
#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// The shape of an elementwise result, by NumPy's rules: axes are aligned at the last; an extent of 1 is
/// repeated. Throws ShapeError if two extents differ and neither is 1.
Shape broadcast(const Shape& a, const Shape& b);
Shape broadcast(const Types& operands);

/// `tensor` summed over the axes along which `shape` was repeated to give it: the gradient of broadcasting.
/// Has the shape `shape`.
Tensor sum_to(const Tensor& tensor, const Shape& shape);

}  // namespace retrograph
