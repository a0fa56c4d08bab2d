#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// The numbers of x as another dtype.
///
/// x        [...], any dtype
/// returns  [...], `dtype`. To bool: whether it is not 0 (NaN is not). From a float to an integer: rounded
///          towards 0, the nearest there is if it is out of range, 0 for NaN. To a smaller integer: modulo
///          2^bits. To a float: the nearest there is.
///
/// Gradient: upstream, cast back, where both are floats; not differentiable otherwise.
Tensor cast(const Tensor& x, DType dtype, std::source_location where = std::source_location::current());

}  // namespace retrograph
