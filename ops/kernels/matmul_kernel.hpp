#pragma once

#include <retrograph/graph/kernel.hpp>

#include <memory>
#include <optional>

namespace retrograph {

/// What is added to a product: nothing, one row to all rows, or a matrix of the product's size.
enum class Addend { none, row, matrix };

/// 1, or what a scalar operand holds when the kernel runs; and its sign.
struct Factor {
  bool negative = false;
  std::optional<std::size_t> operand = {};
  friend bool operator==(const Factor&, const Factor&) = default;
};

/// Products of matrices that lie in memory rows first and one after another.
///
///     y = a b          or, with an addend c,          y = addend_factor c + factor a b
///
/// Factors need a floating-point dtype.
struct MatrixProduct {
  std::int64_t rows, columns, inner;               // y is [rows, columns]
  bool transpose_a = false;                        // a lies as [inner, rows]
  bool transpose_b = false;                        // b lies as [columns, inner]
  Addend addend = Addend::none;                    // a third operand; a matrix may be the memory of y
  Extents batch_a = {}, batch_b = {}, batch = {};  // of how many matrices each is made; repeated as needed to
                                                   // fill `batch`
  Factor factor = {}, addend_factor = {};
};

/// Work of a product in the units of Op::cost: the arithmetic of matrices is about ten times as fast as an
/// elementwise op's, but numbers must be read and written.
double cost(const MatrixProduct& product);

/// A kernel of operands a, b and, if there is one, the addend. The same bits for any number of threads.
template <Number T>
std::unique_ptr<Kernel> prepare(MatrixProduct product);

}  // namespace retrograph
