#pragma once

#include "../numbers.hpp"
#include "buffer.hpp"
#include "team.hpp"
#include "vectors.hpp"

#include <vector>

namespace BY_HAND_NAMESPACE {

using by_hand::Buffer;
using by_hand::Team;

/// A chain of additions of 16 numbers, one loop each, and back.
class Additions {
 public:
  Additions() {
    bench::fill({x_, bench::add_extent}, 1, 1);
    bench::fill({upstream_, bench::add_extent}, 2, 1);
  }

  void run() {
    const float* y = x_;
    for (int i = 0; i < bench::adds; y = values_[i++]) add(y, x_, values_[i]);
    loss_ = 0;
    for (int lane = 0; lane < bench::add_extent; ++lane) loss_ += y[lane] * upstream_[lane];
    // x is used once in each addition and starts the chain: so many gradients
    // are summed.
    const float* gradient = upstream_;
    for (int i = 0; i < bench::adds; gradient = gradients_[i++]) add(gradient, upstream_, gradients_[i]);
    gradient_ = gradient;
  }

  /// The loss and all elements of the gradient, summed.
  double result() const {
    double sum = loss_;
    for (int lane = 0; lane < bench::add_extent; ++lane) sum += gradient_[lane];
    return sum;
  }

 private:
  [[gnu::always_inline]] static void add(const float* a, const float* b, float* sum) {
    for (int i = 0; i < bench::add_extent; i += lanes) store(load(a + i) + load(b + i), sum + i);
  }

  alignas(64) float x_[bench::add_extent], upstream_[bench::add_extent];
  alignas(64) float values_[bench::adds][bench::add_extent], gradients_[bench::adds][bench::add_extent];
  const float* gradient_ = upstream_;
  double loss_ = 0;
};

/// Twenty elementwise ops over 10 million numbers, forward and backward in one loop: the gradient of a sum is
/// known before the sum is.
class Elementwise {
 public:
  /// Of the input and of its gradient.
  static constexpr double bytes = 2.0 * sizeof(float) * bench::elementwise_rows * bench::elementwise_columns;

  Elementwise() {
    bench::fill(x_.span(), 1, 2);
    for (int i = 0; i < bench::row_vectors; ++i)
      bench::fill(rows_.emplace_back(columns).span(), 10 + static_cast<std::uint64_t>(i), 0.5f, 1);
    for (int i = 0; i < bench::column_vectors; ++i)
      bench::fill(columns_.emplace_back(bench::elementwise_rows).span(), 20 + static_cast<std::uint64_t>(i),
                  0.5f, 1);
  }

  void run(Team& team) {
    double sums[2][8] = {};
    team.run([&](int thread) {
      const auto middle = team.threads() == 1 ? bench::elementwise_rows : bench::elementwise_rows / 2;
      const auto begin = thread == 0 ? 0 : middle, end = thread == 0 ? middle : bench::elementwise_rows;
      for (int row = begin; row < end; ++row) sums[thread][0] += there_and_back(row);
    });
    loss_ = sums[0][0] + sums[1][0];
  }

  /// The loss and all elements of the gradient, summed.
  double result() {
    double sum = loss_;
    for (const auto number : gradient_.span()) sum += number;
    return sum;
  }

 private:
  static constexpr int columns = bench::elementwise_columns;
  static constexpr std::size_t count = std::size_t{bench::elementwise_rows} * columns;

  [[gnu::always_inline]] Vector r(int index, int column) const {
    return load(rows_[static_cast<std::size_t>(index)].data() + column);
  }
  [[gnu::always_inline]] Vector c(int index, int row) const {
    return broadcast(columns_[static_cast<std::size_t>(index)].data()[row]);
  }

  /// Of a row, whose last vector has some numbers once more that are counted already.
  double there_and_back(int row) {
    Vector sum{};
    for (int column = 0; column < whole; column += lanes) sum += there_and_back(row, column);
    double total = 0;
    for (int lane = 0; lane < lanes; ++lane) total += sum[lane];
    if (whole < columns) {
      const auto last = there_and_back(row, columns - lanes);
      for (int lane = lanes - (columns - whole); lane < lanes; ++lane) total += last[lane];
    }
    return total;
  }

  /// Stores the gradient, and returns the values.
  [[gnu::always_inline]] Vector there_and_back(int row, int column) {
    const auto place = std::int64_t{row} * columns + column;
    const Vector x = load(x_.data() + place);
    const Vector first = (x * r(0, column) + c(0, row)) * r(1, column) + r(2, column);
    const Vector sigmoid = logistic(maximum(first, Vector{}) * c(1, row) - r(3, column));
    const Vector scaled = (sigmoid * r(4, column) + c(2, row)) * r(5, column);
    const Vector squared = scaled * scaled + r(6, column);
    Vector root;
    for (int lane = 0; lane < lanes; ++lane) root[lane] = __builtin_sqrtf(squared[lane]);
    const Vector last = root * c(3, row) + r(7, column) - c(4, row);

    Vector upstream = last > 0 ? r(0, column) : Vector{};
    upstream *= c(3, row) * scaled / root * r(5, column) * r(4, column);
    upstream *= sigmoid * (1.0f - sigmoid) * c(1, row);
    upstream = first > 0 ? upstream : Vector{};
    store(upstream * r(1, column) * r(0, column), gradient_.data() + place);
    return maximum(last, Vector{}) * r(0, column) + c(0, row);
  }

  static constexpr int whole = columns / lanes * lanes;
  Buffer x_{count}, gradient_{count};
  double loss_ = 0;
  std::vector<Buffer> rows_, columns_;
};

}  // namespace BY_HAND_NAMESPACE
