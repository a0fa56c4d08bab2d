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

/// Twenty elementwise ops over 10 million numbers: one loop forward, which
/// keeps only its sum, and one backward, which works the values out again,
/// since arithmetic is cheaper than memory.
class Elementwise {
 public:
  /// Of the input, read by both loops, and of its gradient.
  static constexpr double bytes = 3.0 * sizeof(float) * bench::elementwise_rows * bench::elementwise_columns;

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
      for (int row = begin; row < end; ++row) sums[thread][0] += forward(row);
      for (int row = begin; row < end; ++row) backward(row);
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

  struct Values {
    Vector first, scaled, sigmoid, squared, root,
        last;  // of the chain: what its derivative needs
  };

  [[gnu::always_inline]] Vector r(int index, int column) const {
    return load(rows_[static_cast<std::size_t>(index)].data() + column);
  }
  [[gnu::always_inline]] Vector c(int index, int row) const {
    return broadcast(columns_[static_cast<std::size_t>(index)].data()[row]);
  }

  [[gnu::always_inline]] Values values(Vector x, int row, int column) const {
    Values all;
    all.first = (x * r(0, column) + c(0, row)) * r(1, column) + r(2, column);
    const Vector y = maximum(all.first, Vector{});
    all.sigmoid = logistic(y * c(1, row) - r(3, column));
    all.scaled = (all.sigmoid * r(4, column) + c(2, row)) * r(5, column);
    all.squared = all.scaled * all.scaled + r(6, column);
    for (int lane = 0; lane < lanes; ++lane) all.root[lane] = __builtin_sqrtf(all.squared[lane]);
    all.last = all.root * c(3, row) + r(7, column) - c(4, row);
    return all;
  }

  double forward(int row) const {
    Vector sum{};
    const auto* x = x_.data() + std::int64_t{row} * columns;
    for (int column = 0; column < whole; column += lanes) {
      const auto all = values(load(x + column), row, column);
      sum += maximum(all.last, Vector{}) * r(0, column) + c(0, row);
    }
    double total = 0;
    for (int lane = 0; lane < lanes; ++lane) total += sum[lane];
    if (whole < columns) {  // the last ones once more, of which some are counted already
      const auto first = columns - lanes;
      const auto all = values(load(x + first), row, first);
      const Vector y = maximum(all.last, Vector{}) * r(0, first) + c(0, row);
      for (int lane = whole - first; lane < lanes; ++lane) total += y[lane];
    }
    return total;
  }

  void backward(int row) {
    for (int column = 0; column < whole; column += lanes) backward(row, column);
    if (whole < columns) backward(row, columns - lanes);
  }

  [[gnu::always_inline]] void backward(int row, int column) {
    const auto place = std::int64_t{row} * columns + column;
    const auto all = values(load(x_.data() + place), row, column);
    Vector upstream = all.last > 0 ? r(0, column) : Vector{};
    upstream *= c(3, row) * all.scaled / all.root * r(5, column) * r(4, column);
    upstream *= all.sigmoid * (1.0f - all.sigmoid) * c(1, row);
    upstream = all.first > 0 ? upstream : Vector{};
    store(upstream * r(1, column) * r(0, column), gradient_.data() + place);
  }

  static constexpr int whole = columns / lanes * lanes;
  Buffer x_{count}, gradient_{count};
  double loss_ = 0;
  std::vector<Buffer> rows_, columns_;
};

}  // namespace BY_HAND_NAMESPACE
