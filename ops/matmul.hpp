#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// Which operands of a product are read with their last two axes exchanged. Neither is copied.
struct MatmulOptions {
  bool transpose_a = false, transpose_b = false;
};

/// The product of matrices, or of stacks of matrices, by NumPy's rules.
///
///     y_ij = sum_k a_ik b_kj
///
/// a        [..., rows, inner], with `transpose_a` [..., inner, rows]; or a vector [inner]
/// b        [..., inner, columns], with `transpose_b` [..., columns, inner]; or a vector [inner]
///          both of one dtype, not bool; the axes before the last two are broadcast
/// returns  [..., rows, columns], without the axis that a vector does not have; integers wrap around
///
/// Gradients, each summed to its operand's shape: upstream b^T and a^T upstream. To exchange the axes of a
/// vector changes nothing.
/// Throws ShapeError if the inner extents differ, an operand is a scalar, or the other axes do not broadcast;
/// TypeError if the dtypes differ.
Tensor matmul(const Tensor& a, const Tensor& b, const MatmulOptions& options = {},
              std::source_location where = std::source_location::current());

}  // namespace retrograph
