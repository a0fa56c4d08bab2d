#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// e to the power of each number of x [...], float32 or float64. Gradient: upstream * y.
Tensor exp(const Tensor& x, std::source_location where = std::source_location::current());

/// exp(x) - 1, exact also where x is so small that exp(x) rounds to 1. x [...], float32 or float64.
/// Gradient: upstream * exp(x).
Tensor expm1(const Tensor& x, std::source_location where = std::source_location::current());

/// The natural logarithm of each number of x [...], float32 or float64; -infinity for 0, NaN below.
/// Gradient: upstream / x, and 0 where upstream and x are 0.
Tensor log(const Tensor& x, std::source_location where = std::source_location::current());

/// log(1 + x), exact also where x is so small that 1 + x rounds to 1. x [...], float32 or float64; -infinity
/// for -1, NaN below. Gradient: upstream / (1 + x), and 0 where upstream and 1 + x are 0.
Tensor log1p(const Tensor& x, std::source_location where = std::source_location::current());

}  // namespace retrograph
