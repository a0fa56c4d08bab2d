#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// a / b, and 0 for 0 / 0: for gradients of functions that are infinitely steep at a border of their domain,
/// such as sqrt at 0. Where nothing depends on the result, nothing depends on the operand either.
///
/// a, b     [...], of one shape and one dtype, float32 or float64
Tensor quotient_or_zero(const Tensor& a, const Tensor& b,
                        std::source_location where = std::source_location::current());

}  // namespace retrograph
