#pragma once

#include <retrograph/graph/execute/parallel.hpp>

#include <algorithm>

namespace retrograph {

/// What most folds have in common: they take each number as it is.
struct PlainFold {
  static constexpr bool centred = false;
  template <class T>
  static T take(T x, T) {
    return x;
  }
};

/// One pass over memory: numbers seen as [outer, count, inner] become [outer, pieces, inner], each result
/// made of `piece` neighbours along the middle axis, the last of fewer.
struct ReductionPass {
  std::int64_t outer, count, inner, piece;

  std::int64_t pieces() const { return (count + piece - 1) / piece; }
  std::int64_t results() const { return outer * pieces() * inner; }
};

namespace detail {

/// Rows are summed in strands side by side. With fewer than 32, GCC unrolls the loop over them and does not
/// vectorise it.
constexpr std::int64_t strands = 32;
constexpr std::int64_t row_piece = 1024;         // numbers of a row that make up one result
constexpr std::int64_t column_piece = 64;        // rows that make up one row of results
constexpr std::int64_t column_block = 512;       // columns done together, in the first-level cache
constexpr std::int64_t reduction_grain = 16384;  // numbers that one thread takes at a time

/// Numbers that are neighbours in memory, with `lanes` strands and then pairwise. At least `lanes` numbers.
template <class Fold, std::int64_t lanes, class T>
T reduce_strands(const T* x, std::int64_t count, T centre) {
  T strand[lanes];
  for (std::int64_t lane = 0; lane < lanes; ++lane) strand[lane] = Fold::take(x[lane], centre);
  std::int64_t i = lanes;
  for (; i + lanes <= count; i += lanes)
    for (std::int64_t lane = 0; lane < lanes; ++lane)
      strand[lane] = Fold::join(strand[lane], Fold::take(x[i + lane], centre));
  for (std::int64_t lane = 0; i + lane < count; ++lane)
    strand[lane] = Fold::join(strand[lane], Fold::take(x[i + lane], centre));
  for (auto width = lanes / 2; width > 0; width /= 2)
    for (std::int64_t lane = 0; lane < width; ++lane)
      strand[lane] = Fold::join(strand[lane], strand[lane + width]);
  return strand[0];
}

/// Numbers that are neighbours in memory, at least one.
template <class Fold, class T>
T reduce_run(const T* x, std::int64_t count, T centre) {
  if (count >= strands) return reduce_strands<Fold, strands>(x, count, centre);
  if (count >= 4) return reduce_strands<Fold, 4>(x, count, centre);
  auto result = Fold::take(x[0], centre);
  for (std::int64_t i = 1; i < count; ++i) result = Fold::join(result, Fold::take(x[i], centre));
  return result;
}

/// A pass along neighbours in memory: inner is 1.
template <class Fold, class T>
void reduce_rows(const ReductionPass& pass, const T* x, T* y, const T* centres) {
  const auto pieces = pass.pieces();
  const auto grain = std::max<std::int64_t>(1, reduction_grain / pass.piece);
  parallel_for(pass.outer * pieces, grain, [=](std::int64_t begin, std::int64_t end) {
    for (auto unit = begin; unit < end; ++unit) {
      const auto row = pieces == 1 ? unit : unit / pieces;
      const auto first = (unit - row * pieces) * pass.piece;
      y[unit] = reduce_run<Fold>(x + row * pass.count + first, std::min(pass.piece, pass.count - first),
                                 Fold::centred ? centres[row] : T{});
    }
  });
}

/// `rows` rows of `width` columns, `stride` numbers apart, into one row. Vectorised across the columns.
template <class Fold, class T>
void reduce_columns(const T* __restrict x, std::int64_t rows, std::int64_t stride, std::int64_t width,
                    const T* __restrict centres, T* __restrict y) {
  const auto number = [=](const T* row, std::int64_t column) {
    return Fold::take(row[column], Fold::centred ? centres[column] : T{});
  };
  const auto pair = [=](const T* row, std::int64_t column) {
    return Fold::join(number(row, column), number(row + stride, column));
  };
  const auto eight = [=](const T* row, std::int64_t column) {
    return Fold::join(Fold::join(pair(row, column), pair(row + 2 * stride, column)),
                      Fold::join(pair(row + 4 * stride, column), pair(row + 6 * stride, column)));
  };
  auto left = rows;
  if (left >= 8) {
    for (std::int64_t column = 0; column < width; ++column) y[column] = eight(x, column);
    left -= 8;
  } else {
    for (std::int64_t column = 0; column < width; ++column) y[column] = number(x, column);
    --left;
  }
  for (; left >= 8; left -= 8) {
    const auto* row = x + (rows - left) * stride;
    for (std::int64_t column = 0; column < width; ++column)
      y[column] = Fold::join(y[column], eight(row, column));
  }
  for (; left > 0; --left) {
    const auto* row = x + (rows - left) * stride;
    for (std::int64_t column = 0; column < width; ++column)
      y[column] = Fold::join(y[column], number(row, column));
  }
}

/// A pass across memory.
template <class Fold, class T>
void reduce_blocks(const ReductionPass& pass, const T* x, T* y, const T* centres) {
  const auto pieces = pass.pieces(), blocks = (pass.inner + column_block - 1) / column_block;
  const auto grain =
      std::max<std::int64_t>(1, reduction_grain / (pass.piece * std::min(pass.inner, column_block)));
  parallel_for(pass.outer * pieces * blocks, grain, [=](std::int64_t begin, std::int64_t end) {
    for (auto unit = begin; unit < end; ++unit) {
      const auto result = unit / blocks, outer = result / pieces;
      const auto row = (result - outer * pieces) * pass.piece;
      const auto column = (unit - result * blocks) * column_block;
      reduce_columns<Fold>(
          x + (outer * pass.count + row) * pass.inner + column, std::min(pass.piece, pass.count - row),
          pass.inner, std::min(column_block, pass.inner - column),
          Fold::centred ? centres + outer * pass.inner + column : nullptr, y + result * pass.inner + column);
    }
  });
}

template <class Fold, class T>
void reduce_pass(const ReductionPass& pass, const T* x, T* y, const T* centres) {
  if (pass.inner == 1)
    reduce_rows<Fold>(pass, x, y, centres);
  else
    reduce_blocks<Fold>(pass, x, y, centres);
}

/// Joins what an earlier pass made.
template <class Fold>
struct JoinOnly : PlainFold {
  template <class T>
  static T join(T a, T b) {
    return Fold::join(a, b);
  }
};

}  // namespace detail

}  // namespace retrograph
