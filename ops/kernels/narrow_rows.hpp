#pragma once

#include <retrograph/graph/array.hpp>
#include <retrograph/ops/kernels/vectors.hpp>

#include <type_traits>

namespace retrograph {

/// A matrix whose rows are narrow and end within a vector. Taken row by row, nearly all of its vectors would
/// lie across two lines of the cache; so it is taken as one line of numbers instead. As many rows as a vector
/// has lanes make a block of as many vectors as there are columns, and the rows lie alike in all blocks.
template <class T>
class NarrowRows {
 public:
  static constexpr std::int64_t most_columns = 64, most_lanes = lanes<T, 64>;

  /// None, if so many columns are no narrow row.
  explicit NarrowRows(std::int64_t columns)
      : columns_{columns},
        row_of_place_{{columns > 1 && columns < most_columns ? columns * most_lanes : 0}, dtype_of<Row>()} {
    const auto rows = row_of_place_.template values<Row>();
    for (std::size_t place = 0; place < rows.size(); ++place)
      rows[place] = static_cast<Row>(static_cast<std::int64_t>(place) / columns);
  }

  /// Whether a matrix of so many rows has blocks that are worth it.
  template <int bytes>
  bool suit(std::int64_t rows) const {
    return row_of_place_.size() > 0 && rows >= lanes<T, bytes> && columns_ % lanes<T, bytes> != 0;
  }

  /// y_kj = addend_factor addend_kj + x_k b_j in all whole blocks, whose number of rows is returned.
  template <int bytes>
  [[gnu::always_inline]] std::int64_t add_outer(const T* x, const T* b, T factor, std::int64_t rows,
                                                const T* addend, T addend_factor, T* y) const {
    constexpr auto step = lanes<T, bytes>;
    alignas(64) T repeated[most_columns * most_lanes];
    for (std::int64_t row = 0; row < step; ++row)
      for (std::int64_t column = 0; column < columns_; ++column)
        repeated[row * columns_ + column] = factor * b[column];
    std::int64_t row = 0;
    for (; row + 4 * step <= rows; row += 4 * step)
      add_outer<bytes, 4>(x + row, repeated, addend + row * columns_, addend_factor, y + row * columns_);
    for (; row + step <= rows; row += step)
      add_outer<bytes, 1>(x + row, repeated, addend + row * columns_, addend_factor, y + row * columns_);
    return row;
  }

 private:
  /// Of a place in a block.
  using Row = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;

  template <int bytes, int blocks>
  [[gnu::always_inline]] void add_outer(const T* x, const T* repeated, const T* addend, T addend_factor,
                                        T* y) const {
    constexpr auto step = lanes<T, bytes>;
    const auto size = columns_ * step;
    const auto* row_of_place = row_of_place_.template values<Row>().data();
    Vector<T, bytes> of_rows[blocks];
    for (int block = 0; block < blocks; ++block) load(of_rows[block], x + block * step);
    for (std::int64_t place = 0; place < size; place += step) {
      Vector<Row, bytes> rows;
      Vector<T, bytes> of_columns, factors, sums;
      load(rows, row_of_place + place);
      load(of_columns, repeated + place);
      for (int block = 0; block < blocks; ++block) {
        load(sums, addend + block * size + place);
        permute(of_rows[block], rows, factors);
        sums = sums * addend_factor + of_columns * factors;
        store(sums, y + block * size + place);
      }
    }
  }

  std::int64_t columns_;
  Array row_of_place_;
};

}  // namespace retrograph
