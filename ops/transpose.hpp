#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// x with its axes in another order: axis i of the result is axis permutation[i] of x.
///
///     y[j_0, ..., j_n] = x[k_0, ..., k_n]   with   k_permutation[i] = j_i
///
/// x            [...], of any dtype
/// permutation  each axis of x once, a negative one counted from the last; left out, the axes are reversed
///
/// Gradient: upstream with the axes put back. Throws ShapeError if `permutation` does not name each axis
/// once.
Tensor transpose(const Tensor& x, std::source_location where = std::source_location::current());
Tensor transpose(const Tensor& x, const std::vector<std::int64_t>& permutation,
                 std::source_location where = std::source_location::current());

/// x with its last two axes swapped: each matrix of a stack transposed.
///
/// x        [..., rows, columns], of any dtype
/// returns  [..., columns, rows]
///
/// Gradient: upstream, transposed likewise. Throws ShapeError if x has fewer than two axes.
Tensor matrix_transpose(const Tensor& x, std::source_location where = std::source_location::current());

}  // namespace retrograph
