#pragma once

#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/graph/kernel.hpp>
#include <retrograph/ops/broadcast.hpp>

#include <algorithm>

namespace retrograph {

/// One pass over memory: numbers seen as [outer, count, inner] become [outer, pieces, inner], each result
/// made of `piece` neighbours along the middle axis, the last of fewer.
struct ReductionPass {
  std::int64_t outer, count, inner, piece;

  std::int64_t pieces() const { return (count + piece - 1) / piece; }
  std::int64_t results() const { return outer * pieces() * inner; }
};

/// How a reduction is done, worked out from the shape alone: neighbouring axes are joined, then one group of
/// axes after the other is reduced, the last first, each in as many passes as it takes until one piece is
/// left.
struct ReductionLayout {
  ReductionLayout(const Extents& extents, const std::vector<std::size_t>& axes);

  std::int64_t results = 1;           // how many
  std::int64_t count = 1;             // numbers that make up each
  std::vector<ReductionPass> passes;  // at least one if there are numbers at all

  /// What the first group of axes leaves, and how the results lie in it: the same with extent 1 where axes
  /// are still to be reduced. Empty if the first group is the only one.
  Extents left_by_first_group, results_in_it;
};

/// The message of a reduction that has no value of no numbers.
inline constexpr std::string_view nothing_to_reduce =
    "an axis to reduce has extent 0, and of no numbers there is no result";

namespace detail {

/// Rows are summed in strands side by side. With fewer than 32, GCC unrolls the loop over them and does not
/// vectorise it.
constexpr std::int64_t strands = 32;
constexpr std::int64_t row_piece = 1024;   // numbers of a row that make up one result
constexpr std::int64_t column_piece = 64;  // rows that make up one row of results
constexpr std::int64_t column_block =
    512;  // columns done together: their results stay in the first-level cache
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

template <class Fold, class T>
T reduce_run(const T* x, std::int64_t count, T centre) {
  if (count >= strands) return reduce_strands<Fold, strands>(x, count, centre);
  if (count >= 4) return reduce_strands<Fold, 4>(x, count, centre);
  auto result = Fold::take(x[0], centre);
  for (std::int64_t i = 1; i < count; ++i) result = Fold::join(result, Fold::take(x[i], centre));
  return result;
}

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
struct JoinOnly {
  static constexpr bool centred = false;
  template <class T>
  static T take(T x, T) {
    return x;
  }
  template <class T>
  static T join(T a, T b) {
    return Fold::join(a, b);
  }
};

}  // namespace detail

/// A reduction prepared for one shape. `Fold` says what is done:
///
///     static constexpr bool centred;                     // whether `take` needs a number that belongs to
///     the result template <class T> static T take(T x, T centre);   // what one number contributes template
///     <class T> static T join(T a, T b);        // two contributions as one; order and grouping are ours
///     template <class T> static T nothing();             // of no numbers; left out if that is an error
///
/// The order in which numbers are joined depends on the shape alone. It is a tree, flat enough for sums to be
/// accurate: with u the unit roundoff (6e-8 in float32, 1.1e-16 in float64), a sum over n neighbouring
/// numbers differs from the exact one by at most
///
///     36 u ceil(log_1024 n) sum |x_i|      along the last axes: 31 steps of strands and 5 to join those
///     16 u ceil(log_64 n) sum |x_i|       along others: 64 rows, eight at a time
///
/// and groups of axes that are no neighbours add up: 4.3e-6 sum |x_i| for a million float32, and usually a
/// hundredth of that, since errors of either sign cancel.
/// Source: Higham, "The accuracy of floating point summation", SIAM J. Sci. Comput. 14 (1993), section 3.
template <class Fold, Element T>
class Reduction {
 public:
  Reduction(const Extents& extents, const std::vector<std::size_t>& axes);

  std::int64_t results() const { return layout_.results; }
  /// Numbers that make up each result.
  std::int64_t count() const { return layout_.count; }

  /// y: one number a result. centres: likewise, for a centred fold. Throws FeedError if there are no numbers
  /// and the fold has no value for that.
  void run(const T* x, T* y, const T* centres = nullptr) const;

 private:
  const T* expanded(const T* centres) const;

  ReductionLayout layout_;
  std::unique_ptr<T[]> scratch_;  // the results of all passes but the last
  std::optional<BroadcastLoop> expansion_;
  std::unique_ptr<T[]> expanded_centres_;
};

template <class Fold, Element T>
Reduction<Fold, T>::Reduction(const Extents& extents, const std::vector<std::size_t>& axes)
    : layout_{extents, axes} {
  std::int64_t between = 0;
  for (const auto& pass : layout_.passes) between += pass.results();
  scratch_ = std::make_unique_for_overwrite<T[]>(static_cast<std::size_t>(between));
  if (Fold::centred && !layout_.left_by_first_group.empty()) {
    expansion_.emplace(
        Signature{{{dtype_of<T>(), layout_.results_in_it}}, {{dtype_of<T>(), layout_.left_by_first_group}}});
    expanded_centres_ = std::make_unique_for_overwrite<T[]>(static_cast<std::size_t>(expansion_->size()));
  }
}

template <class Fold, Element T>
void Reduction<Fold, T>::run(const T* x, T* y, const T* centres) const {
  if (layout_.count == 0) {
    if constexpr (requires { Fold::template nothing<T>(); })
      std::fill_n(y, layout_.results, Fold::template nothing<T>());
    else
      throw FeedError{std::string{nothing_to_reduce}};
    return;
  }
  if (layout_.results == 0) return;
  if (expansion_) centres = expanded(centres);
  auto* next = scratch_.get();
  for (std::size_t index = 0; index < layout_.passes.size(); ++index) {
    const auto& pass = layout_.passes[index];
    auto* to = index + 1 == layout_.passes.size() ? y : next;
    if (index == 0)
      detail::reduce_pass<Fold>(pass, x, to, centres);
    else
      detail::reduce_pass<detail::JoinOnly<Fold>>(pass, x, to, centres);
    x = to;
    next += pass.results();
  }
}

template <class Fold, Element T>
const T* Reduction<Fold, T>::expanded(const T* centres) const {
  auto* to = expanded_centres_.get();
  parallel_for(expansion_->size(), detail::reduction_grain, [&](std::int64_t first, std::int64_t last) {
    expansion_->walk<1>(first, last, [&](std::int64_t begin, std::int64_t count, const auto& offsets) {
      if (expansion_->moves(0))
        std::copy_n(centres + offsets[0], count, to + begin);
      else
        std::fill_n(to + begin, count, centres[offsets[0]]);
    });
  });
  return to;
}

/// The kernel of a reduction that one fold is all of.
template <class Fold, Element T>
class ReductionKernel final : public Kernel {
 public:
  ReductionKernel(const Signature& signature, const std::vector<std::size_t>& axes)
      : reduction_{signature.inputs[0].extents, axes} {}

  void run(const Call& call) const override {
    reduction_.run(call.input(0).values<T>(), call.output(0).values<T>());
  }

 private:
  Reduction<Fold, T> reduction_;
};

}  // namespace retrograph
