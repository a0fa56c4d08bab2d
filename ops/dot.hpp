#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// The scalar product of two vectors.
///
///     y = sum_k a_k b_k
///
/// a, b     [extent], of one dtype, not bool
/// returns  [], same dtype; integers wrap around
///
/// Gradients: upstream b, upstream a. Throws ShapeError if an operand is no vector or their extents differ,
/// TypeError if the dtypes differ.
Tensor dot(const Tensor& a, const Tensor& b, std::source_location where = std::source_location::current());

/// The products of each number of one vector with each of another.
///
///     y_ij = a_i b_j
///
/// a        [rows], of any dtype but bool
/// b        [columns], same dtype
/// returns  [rows, columns], same dtype; integers wrap around
///
/// Gradients: upstream b, upstream^T a. Throws ShapeError if an operand is no vector, TypeError if the dtypes
/// differ.
Tensor outer(const Tensor& a, const Tensor& b, std::source_location where = std::source_location::current());

}  // namespace retrograph
