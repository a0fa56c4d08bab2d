#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// An affine map of each row of x.
///
///     y_j = sum_i x_i weight_ij + bias_j
///
/// x        [..., in], float32 or float64
/// weight   [in, out]
/// bias     [out]
/// returns  [..., out]
///
/// Gradients: upstream weight^T, x^T upstream, and upstream summed over the rows.
/// Throws ShapeError if the extents do not fit, TypeError if the dtypes differ.
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias,
              std::source_location where = std::source_location::current());

}  // namespace retrograph
