#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// |x|, each number by itself. x [...], any dtype but bool; the smallest integer, which has no counterpart,
/// stays as it is. Gradient: upstream * sign(x), so 0 at 0.
Tensor abs(const Tensor& x, std::source_location where = std::source_location::current());

/// 1, 0 or -1, as x is above, equal to or below 0; NaN for NaN. x [...], any dtype but bool. Gradient: 0.
Tensor sign(const Tensor& x, std::source_location where = std::source_location::current());

}  // namespace retrograph
