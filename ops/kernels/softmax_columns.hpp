#pragma once

#include <retrograph/ops/kernels/elementwise_loop.hpp>
#include <retrograph/ops/kernels/softmax_row.hpp>

namespace retrograph {

/// Rows of softmax that are worked on side by side.
inline constexpr std::int64_t softmax_width = 64;

/// What softmax knows of each of them.
template <std::floating_point T>
struct SoftmaxSums {
  T max[softmax_width];
  T log[softmax_width];  // of sum_k exp(x_k - max)
};

namespace detail {

template <class T, SoftmaxResult result>
struct SoftmaxColumns {
  template <int>
  struct Loop {
    [[gnu::always_inline]] static void run(const T* x, T* y, std::int64_t count, std::int64_t stride,
                                           std::int64_t columns, SoftmaxSums<T>* sums) {
      T max[softmax_width], log[softmax_width], total[softmax_width];
      for (std::int64_t j = 0; j < columns; ++j) max[j] = x[j];
      for (std::int64_t k = 1; k < count; ++k)
        for (std::int64_t j = 0; j < columns; ++j) {
          const auto number = x[k * stride + j];
          max[j] = number > max[j] ? number : max[j];
        }
      T ones[softmax_width] = {}, rest[softmax_width] = {};
      for (std::int64_t k = 0; k < count; ++k) RETROGRAPH_PLACE_BY_PLACE
      for (std::int64_t j = 0; j < columns; ++j) {
        const auto exponential = vector_math::exp(x[k * stride + j] - max[j]);
        const bool is_one = exponential == 1;
        ones[j] += is_one ? T{1} : T{0};
        rest[j] += is_one ? T{0} : exponential;
        if constexpr (result == SoftmaxResult::shares) y[k * stride + j] = exponential;
      }
      for (std::int64_t j = 0; j < columns; ++j) {
        const auto excess = (ones[j] - 1) + rest[j];
        total[j] = 1 + excess;
        log[j] = vector_math::log1p(excess);
      }
      for (std::int64_t k = 0; k < count; ++k) RETROGRAPH_PLACE_BY_PLACE
      for (std::int64_t j = 0; j < columns; ++j) {
        const auto place = k * stride + j;
        y[place] = result == SoftmaxResult::shares ? y[place] / total[j] : (x[place] - max[j]) - log[j];
      }
      for (std::int64_t j = 0; j < columns; ++j) {
        sums->max[j] = max[j];
        sums->log[j] = log[j];
      }
    }
  };
};

}  // namespace detail

/// Of at most softmax_width columns of `count` > 0 numbers, a number `stride` after the one above it: x and y
/// may be the same.
template <SoftmaxResult result, std::floating_point T>
void softmax_columns(const T* x, T* y, std::int64_t count, std::int64_t stride, std::int64_t columns,
                     SoftmaxSums<T>& sums) {
  run_on_widest_vectors<detail::SoftmaxColumns<T, result>::template Loop>(x, y, count, stride, columns,
                                                                          &sums);
}

}  // namespace retrograph
