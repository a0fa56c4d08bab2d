#pragma once

#include <retrograph/graph/kernel.hpp>
#include <retrograph/ops/broadcast.hpp>
#include <retrograph/ops/kernels/reduction_pass.hpp>

namespace retrograph {

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

/// A reduction prepared for one shape. `Fold` says what is done:
///
///     static constexpr bool centred;                    // whether `take` needs the centre of its result
///     template <class T> static T take(T x, T centre);  // what one number contributes
///     template <class T> static T join(T a, T b);       // two contributions as one, in any grouping
///     template <class T> static T nothing();            // of no numbers; left out if that is an error
///
/// The order in which numbers are joined depends on the shape alone. It is a tree, flat enough for sums to be
/// accurate: with u the unit roundoff (6e-8 in float32, 1.1e-16 in float64), a sum over n neighbouring
/// numbers differs from the exact one by at most
///
///     36 u ceil(log_1024 n) sum |x_i|    along the last axes: 31 steps of strands and 5 to join those
///     16 u ceil(log_64 n) sum |x_i|      along others: 64 rows, eight at a time
///
/// and groups of axes that are no neighbours add up: 4.3e-6 sum |x_i| for a million float32, and usually a
/// fiftieth of that, since errors of either sign cancel.
/// Source: Higham, "The accuracy of floating point summation", SIAM J. Sci. Comput. 14 (1993), 783-799: the
/// error is bounded by the depth of the tree.
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
  if (!layout_.passes.empty()) between -= layout_.passes.back().results();
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
    auto* to = index + 1 < layout_.passes.size() ? next : y;
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

/// A reduction along the last axes, in pieces.
template <class Fold, Element T>
class FoldedPieces : public PieceReduction {
 public:
  FoldedPieces(std::int64_t results, std::int64_t pieces) : joined_{{results, pieces}, {1}} {}

  void reduce(const void* numbers, std::int64_t count, void* partial) const final {
    *static_cast<T*>(partial) = detail::reduce_run<Fold>(static_cast<const T*>(numbers), count, T{});
  }
  void join(const void* partials, void* results) const override {
    joined_.run(static_cast<const T*>(partials), static_cast<T*>(results));
  }

 private:
  Reduction<detail::JoinOnly<Fold>, T> joined_;
};

}  // namespace retrograph
