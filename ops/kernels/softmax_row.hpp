#pragma once

#include <retrograph/graph/execute/instruction_set.hpp>
#include <retrograph/ops/kernels/vector_math.hpp>
#include <retrograph/ops/kernels/vectors.hpp>

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

/// The sum of exp(x_i - max). At least one term is exp(0) = 1. Such terms are counted and the others summed
/// by themselves, so that what the sum has in excess of 1 keeps all its digits where one class is nearly sure
/// and the others add next to nothing.
template <class V>
struct ExponentialSum {
  V ones{}, rest{};

  [[gnu::always_inline]] void add(const V& exponential) {
    const auto is_one = exponential == V{} + 1;
    ones += is_one ? V{} + 1 : V{};
    rest += is_one ? V{} : exponential;
  }
  [[gnu::always_inline]] V excess() const { return (ones - 1) + rest; }
};

/// What is written: a = softmax(x), the shares of the numbers, or log(a).
enum class SoftmaxResult { shares, logarithms };

namespace detail {

template <std::floating_point T>
struct RowSum {
  T max;
  T excess;  // sum_i exp(x_i - max) = 1 + excess
};

template <class T, int bytes>
[[gnu::always_inline]] inline T row_max(const T* x, std::int64_t count) {
  constexpr auto step = lanes<T, bytes>;
  auto largest = Vector<T, bytes>{} + x[0];
  std::int64_t i = 0;
  for (; i + step <= count; i += step) {
    Vector<T, bytes> numbers;
    load(numbers, x + i);
    largest = numbers > largest ? numbers : largest;
  }
  T max = x[0];
  for (std::int64_t lane = 0; lane < step; ++lane) max = largest[lane] > max ? largest[lane] : max;
  for (; i < count; ++i) max = x[i] > max ? x[i] : max;
  return max;
}

/// Visits the exponentials of a row in pieces, with `visit(first, exponentials, count)`, and sums them.
template <class T, int bytes, class Visit>
[[gnu::always_inline]] inline RowSum<T> sum_exponentials(const T* x, std::int64_t count, const Visit& visit) {
  constexpr std::int64_t step = lanes<T, bytes>, most = 256;
  const auto max = row_max<T, bytes>(x, count);
  ExponentialSum<Vector<T, bytes>> sums;
  ExponentialSum<T> sum;
  for (std::int64_t first = 0; first < count; first += most) {
    T exponentials[most];
    const auto size = count - first < most ? count - first : most;
    for (std::int64_t i = 0; i < size; ++i) exponentials[i] = vector_math::exp(x[first + i] - max);
    std::int64_t i = 0;
    for (; i + step <= size; i += step) {
      Vector<T, bytes> numbers;
      load(numbers, exponentials + i);
      sums.add(numbers);
    }
    for (; i < size; ++i) sum.add(exponentials[i]);
    visit(first, exponentials, size);
  }
  sum.ones += sum_of_lanes<T, bytes>(sums.ones);
  sum.rest += sum_of_lanes<T, bytes>(sums.rest);
  return {max, sum.excess()};
}

template <class T>
struct CopyTo {
  T* to;
  [[gnu::always_inline]] void operator()(std::int64_t first, const T* numbers, std::int64_t count) const {
    for (std::int64_t i = 0; i < count; ++i) to[first + i] = numbers[i];
  }
};
struct PassOver {
  template <class T>
  [[gnu::always_inline]] void operator()(std::int64_t, const T*, std::int64_t) const {}
};

template <class T, SoftmaxResult result>
struct SoftmaxRow {
  template <int bytes>
  struct Loop {
    [[gnu::always_inline]] static void run(const T* x, T* y, std::int64_t count, T* max, T* log) {
      if constexpr (result == SoftmaxResult::shares) {
        const auto sum = sum_exponentials<T, bytes>(x, count, CopyTo<T>{y});
        const auto total = 1 + sum.excess;
        for (std::int64_t i = 0; i < count; ++i) y[i] /= total;
        *max = sum.max;
        *log = vector_math::log1p(sum.excess);
      } else {
        const auto sum = sum_exponentials<T, bytes>(x, count, PassOver{});
        const auto log_sum = vector_math::log1p(sum.excess);
        for (std::int64_t i = 0; i < count; ++i) y[i] = (x[i] - sum.max) - log_sum;
        *max = sum.max;
        *log = log_sum;
      }
    }
  };
};

}  // namespace detail

/// Of a row of `count` > 0 numbers: x and y may be the same. Also gives the largest of them (a NaN may be
/// passed over here, and shows in y) and the logarithm of the sum of exp(x_i - max).
template <SoftmaxResult result, std::floating_point T>
void softmax_row(const T* x, T* y, std::int64_t count, T& max, T& log) {
  run_on_widest_vectors<detail::SoftmaxRow<T, result>::template Loop>(x, y, count, &max, &log);
}

}  // namespace retrograph
