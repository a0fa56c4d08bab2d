#pragma once

#include <retrograph/graph/kernel.hpp>

#include <memory>

namespace retrograph {

/// Products of matrices that lie in memory rows first and one after another.
///
///     y = a b          or, with a bias,          y_ij = sum_k a_ik b_kj + bias_j
struct MatrixProduct {
  std::int64_t rows, columns, inner;  // y is [rows, columns]
  bool transpose_a = false;           // a lies as [inner, rows]
  bool transpose_b = false;           // b lies as [columns, inner]
  bool bias = false;                  // a third operand, [columns]
  Extents batch_a, batch_b, batch;    // of how many matrices each is made; repeated as needed to fill `batch`
};

/// Work of a product in the units of Op::cost: the arithmetic of matrices is about ten times as fast as an
/// elementwise op's, but numbers must be read and written.
double cost(const MatrixProduct& product);

/// A kernel of operands a, b and, if there is one, bias. The same bits for any number of threads.
template <Number T>
std::unique_ptr<Kernel> prepare(MatrixProduct product);

}  // namespace retrograph
