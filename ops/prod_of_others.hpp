#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// The product of all other numbers along the axes, without a division: the gradient of prod.
///
///     y_k = prod_{j != k} x_j
///
/// x        [...], float32 or float64
/// axes     in rising order
/// returns  x's shape
Tensor prod_of_others(const Tensor& x, const std::vector<std::size_t>& axes);

}  // namespace retrograph
