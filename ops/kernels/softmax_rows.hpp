#pragma once

#include <retrograph/ops/kernels/softmax_columns.hpp>
#include <retrograph/ops/kernels/transpose_runs.hpp>

namespace retrograph {

/// Rows with fewer numbers are turned into columns, as there is too little in one to fill vectors, where
/// there are rows enough to fill them.
inline constexpr std::int64_t least_wide_row = 32, least_columns = 4;

/// Of at most softmax_width rows of `count` > 0 numbers, one after the other: x and y may be the same.
template <SoftmaxResult result, std::floating_point T>
void softmax_rows(const T* x, T* y, std::int64_t rows, std::int64_t count, SoftmaxSums<T>& sums) {
  if (count >= least_wide_row || rows < least_columns) {
    for (std::int64_t row = 0; row < rows; ++row)
      softmax_row<result>(x + row * count, y + row * count, count, sums.max[row], sums.log[row]);
    return;
  }
  T columns[least_wide_row * softmax_width];
  transpose_runs(rows, count, x, count, columns, softmax_width);
  softmax_columns<result>(columns, columns, count, softmax_width, rows, sums);
  transpose_runs(count, rows, columns, softmax_width, y, count);
}

}  // namespace retrograph
