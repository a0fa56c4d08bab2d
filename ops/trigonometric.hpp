#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// The sine of each number of x [...], in radians, float32 or float64. Gradient: upstream * cos(x).
Tensor sin(const Tensor& x, std::source_location where = std::source_location::current());

/// The cosine of each number of x [...], in radians, float32 or float64. Gradient: -upstream * sin(x).
Tensor cos(const Tensor& x, std::source_location where = std::source_location::current());

}  // namespace retrograph
