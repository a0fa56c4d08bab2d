#pragma once

#include <retrograph/ops/kernels/vector_math.hpp>

#include <cmath>
#include <concepts>
#include <cstdint>

namespace retrograph {

// The arithmetic that softmax, log_softmax and softmax_cross_entropy share, on one row of logits that stays
// in the first-level cache. Loops over partial results that do not depend on each other, in a fixed order:
// the compiler may vectorise them without a licence to reorder sums.

inline constexpr std::int64_t row_lanes = 8;

/// Numbers that one thread takes at a time; the exponential function makes each worth some nanoseconds.
inline constexpr std::int64_t softmax_grain = 4096;

/// What one number costs, in the units of Op::cost.
inline constexpr double softmax_cost = 20;

/// Rows that one thread takes at a time: it depends on the shape alone.
inline std::int64_t rows_per_chunk(std::int64_t row_size) {
  return row_size < softmax_grain ? softmax_grain / (row_size > 0 ? row_size : 1) : 1;
}

/// The largest of `count` > 0 numbers. A NaN may be passed over: it shows in the sum.
template <std::floating_point T>
T row_max(const T* x, std::int64_t count) {
  T lanes[row_lanes];
  for (auto& lane : lanes) lane = x[0];
  std::int64_t i = 0;
  for (; i + row_lanes <= count; i += row_lanes)
    for (std::int64_t lane = 0; lane < row_lanes; ++lane)
      lanes[lane] = x[i + lane] > lanes[lane] ? x[i + lane] : lanes[lane];
  for (; i < count; ++i) lanes[0] = x[i] > lanes[0] ? x[i] : lanes[0];
  T largest = lanes[0];
  for (const auto lane : lanes) largest = lane > largest ? lane : largest;
  return largest;
}

/// The sum of term(0) .. term(count - 1).
template <std::floating_point T, class Term>
T lane_sum(std::int64_t count, Term term) {
  T lanes[row_lanes] = {};
  std::int64_t i = 0;
  for (; i + row_lanes <= count; i += row_lanes)
    for (std::int64_t lane = 0; lane < row_lanes; ++lane) lanes[lane] += term(i + lane);
  for (; i < count; ++i) lanes[0] += term(i);
  for (std::int64_t lane = 1; lane < row_lanes; ++lane) lanes[0] += lanes[lane];
  return lanes[0];
}

/// The sum of exp(x - max) over a row, less 1.
///
/// At least one term is exp(0) = 1. Such terms are counted and the others summed by themselves, so that
/// log1p(excess) has all its digits where one class is nearly sure and the others add next to nothing.
template <std::floating_point T>
class Excess {
 public:
  void add(T exponential) {
    const bool is_one = exponential == T{1};
    ones_ += is_one ? T{1} : T{0};
    rest_ += is_one ? T{0} : exponential;
  }
  void add(const Excess& other) {
    ones_ += other.ones_;
    rest_ += other.rest_;
  }
  T value() const { return (ones_ - T{1}) + rest_; }

 private:
  T ones_ = 0, rest_ = 0;
};

template <std::floating_point T>
struct RowSum {
  T max;
  T excess;  // sum_i exp(x_i - max) = 1 + excess
  T log() const { return std::log1p(excess); }
};

/// Visits exp(x_i - max) of each number of a row with `store(i, exponential)`, and sums them.
template <std::floating_point T, class Store>
RowSum<T> sum_exponentials(const T* x, std::int64_t count, Store&& store) {
  const auto max = row_max(x, count);
  Excess<T> lanes[row_lanes];
  std::int64_t i = 0;
  const auto visit = [&](std::int64_t place, std::int64_t lane) {
    const auto exponential = vector_math::exp(x[place] - max);
    store(place, exponential);
    lanes[lane].add(exponential);
  };
  for (; i + row_lanes <= count; i += row_lanes)
    for (std::int64_t lane = 0; lane < row_lanes; ++lane) visit(i + lane, lane);
  for (; i < count; ++i) visit(i, 0);
  for (std::int64_t lane = 1; lane < row_lanes; ++lane) lanes[0].add(lanes[lane]);
  return {max, lanes[0].value()};
}

/// a = softmax(x) over a row of `count` > 0 numbers; x and a may be the same.
template <std::floating_point T>
RowSum<T> softmax_row(const T* x, T* a, std::int64_t count) {
  const auto sum = sum_exponentials(x, count, [a](std::int64_t i, T exponential) { a[i] = exponential; });
  const auto total = T{1} + sum.excess;
  for (std::int64_t i = 0; i < count; ++i) a[i] /= total;
  return sum;
}

/// y = log(softmax(x)) over a row of `count` > 0 numbers; x and y may be the same.
template <std::floating_point T>
RowSum<T> log_softmax_row(const T* x, T* y, std::int64_t count) {
  const auto sum = sum_exponentials(x, count, [](std::int64_t, T) {});
  const auto log_sum = sum.log();
  for (std::int64_t i = 0; i < count; ++i) y[i] = (x[i] - sum.max) - log_sum;
  return sum;
}

}  // namespace retrograph
