#include <retrograph/ops/instruction_set.hpp>
#include <retrograph/ops/matmul_methods.hpp>
#include <retrograph/ops/vectors.hpp>

#include <algorithm>

namespace retrograph {
namespace {

/// y_j += sum_k x_k matrix_kj. Rows of the matrix are `stride` apart.
template <class T>
struct RowTimesMatrix {
  template <int bytes>
  struct Loop {
    [[gnu::always_inline]] static void run(const T* x, const T* matrix, std::int64_t stride,
                                           std::int64_t inner, std::int64_t columns, T* y) {
      // Some rows at a time: each may be on a page of its own, of which the processor has some 64 at hand.
      constexpr std::int64_t rows_at_once = 64;
      for (std::int64_t k = 0; k < inner; k += rows_at_once)
        add_rows(x + k, matrix + k * stride, stride, std::min(rows_at_once, inner - k), columns, y);
    }

    /// Always eight sums that do not wait for one another: of as many columns, or of fewer and rows in turn.
    [[gnu::always_inline]] static void add_rows(const T* x, const T* matrix, std::int64_t stride,
                                                std::int64_t inner, std::int64_t columns, T* y) {
      std::int64_t column = 0;
      add_columns<8, bytes>(column, x, matrix, stride, inner, columns, y);
      add_columns<4, bytes>(column, x, matrix, stride, inner, columns, y);
      add_columns<2, bytes>(column, x, matrix, stride, inner, columns, y);
      add_columns<1, bytes>(column, x, matrix, stride, inner, columns, y);
      add_columns<1, bytes / 2>(column, x, matrix, stride, inner, columns, y);
      add_columns<1, bytes / 4>(column, x, matrix, stride, inner, columns, y);
      add_columns<1, 1>(column, x, matrix, stride, inner, columns, y);
    }

    /// From `column` on, which it moves, as long as `count` vectors of `width` bytes fit.
    template <int count, int width>
    [[gnu::always_inline]] static void add_columns(std::int64_t& column, const T* x, const T* matrix,
                                                   std::int64_t stride, std::int64_t inner,
                                                   std::int64_t columns, T* y) {
      constexpr auto lane_count = lanes<T, width>;
      for (; column + count * lane_count <= columns; column += count * lane_count) {
        Vector<T, width> sums[8 / count][count] = {};
        for (int i = 0; i < count; ++i) load(sums[0][i], y + column + i * lane_count);
        const auto* from = matrix + column;
        std::int64_t k = 0;
        for (; k + 8 / count <= inner; k += 8 / count)
          for (int turn = 0; turn < 8 / count; ++turn, from += stride) add_row(sums[turn], from, x[k + turn]);
        for (; k < inner; ++k, from += stride) add_row(sums[0], from, x[k]);
        for (int turns = 4 / count; turns > 0; turns /= 2)
          for (int turn = 0; turn < turns; ++turn)
            for (int i = 0; i < count; ++i) add(sums[turn][i], sums[turn + turns][i]);
        for (int i = 0; i < count; ++i) store(sums[0][i], y + column + i * lane_count);
      }
    }

    template <class V, int count>
    [[gnu::always_inline]] static void add_row(V (&sums)[count], const T* row, T factor) {
      for (int i = 0; i < count; ++i) {
        V numbers;
        load(numbers, row + i * static_cast<std::int64_t>(sizeof(V) / sizeof(T)));
        sums[i] = static_cast<V>(sums[i] + numbers * factor);
      }
    }

    template <class V>
    [[gnu::always_inline]] static void add(V& sum, const V& other) {
      sum = static_cast<V>(sum + other);
    }
  };
};

/// y_i += sum_k matrix_ik x_k. Rows of the matrix are `inner` apart.
template <class T>
struct MatrixTimesColumn {
  template <int bytes>
  struct Loop {
    [[gnu::always_inline]] static void run(const T* matrix, const T* x, std::int64_t rows, std::int64_t inner,
                                           T* y) {
      std::int64_t row = 0;
      for (; row + 4 <= rows; row += 4) add_terms<4, bytes>(0, matrix + row * inner, x, inner, y + row);
      for (; row < rows; ++row) add_terms<1, bytes>(0, matrix + row * inner, x, inner, y + row);
    }

    /// The terms from `k` on, of `count` rows: in vectors of `width` bytes as long as they fit, then in
    /// narrower ones.
    template <int count, int width>
    [[gnu::always_inline]] static void add_terms(std::int64_t k, const T* matrix, const T* x,
                                                 std::int64_t inner, T* y) {
      using V = Vector<T, width>;
      constexpr auto lane_count = lanes<T, width>;
      if (k + lane_count <= inner) {
        V sums[count][2] = {};  // two a row, which do not wait for one another
        for (; k + 2 * lane_count <= inner; k += 2 * lane_count)
          for (int half = 0; half < 2; ++half)
            add_products(sums, half, matrix, x, inner, k + half * lane_count);
        if (k + lane_count <= inner) {
          add_products(sums, 0, matrix, x, inner, k);
          k += lane_count;
        }
        for (int i = 0; i < count; ++i)
          y[i] = static_cast<T>(y[i] + sum_of_lanes<T, width>(static_cast<V>(sums[i][0] + sums[i][1])));
      }
      if constexpr (lane_count > 1) add_terms<count, width / 2>(k, matrix, x, inner, y);
    }

    template <class V, int count>
    [[gnu::always_inline]] static void add_products(V (&sums)[count][2], int half, const T* matrix,
                                                    const T* x, std::int64_t inner, std::int64_t k) {
      V factors;
      load(factors, x + k);
      for (int i = 0; i < count; ++i) {
        V numbers;
        load(numbers, matrix + i * inner + k);
        sums[i][half] = static_cast<V>(sums[i][half] + numbers * factors);
      }
    }
  };
};

/// y_ij = a_i b_j, with bias_j added if there is one. Rows of y are `stride` apart.
template <class T>
struct Outer {
  template <int bytes>
  struct Loop {
    [[gnu::always_inline]] static void run(const T* a, const T* b, std::int64_t rows, std::int64_t columns,
                                           std::int64_t stride, T* y, const T* bias) {
      using V = Vector<T, bytes>;
      for (std::int64_t row = 0; row < rows; ++row, y += stride) {
        std::int64_t column = 0;
        for (; column + lanes<T, bytes> <= columns; column += lanes<T, bytes>) {
          V numbers, sums{};
          load(numbers, b + column);
          if (bias) load(sums, bias + column);
          sums += numbers * a[row];
          store(sums, y + column);
        }
        for (; column < columns; ++column)
          y[column] = static_cast<T>(a[row] * b[column] + (bias ? bias[column] : T{0}));
      }
    }
  };
};

template <class T>
void multiply(const MatrixProduct& product, const Tile& tile, const T* a, const T* b, const T* bias, T* y) {
  const auto k = product.inner, n = product.columns;
  if (k == 1)
    return run_on_widest_vectors<Outer<T>::template Loop>(a + tile.row, b + tile.column, tile.rows,
                                                          tile.columns, n, y + tile.row * n + tile.column,
                                                          bias ? bias + tile.column : nullptr);
  // A vector first is a vector second from the other side.
  const bool row_first = product.rows == 1;
  const auto* vector = row_first ? a : b;
  const auto* matrix = row_first ? b : a;
  const auto place = row_first ? tile.column : tile.row, count = row_first ? tile.columns : tile.rows;
  auto* result = y + place;
  for (std::int64_t i = 0; i < count; ++i) result[i] = bias ? bias[row_first ? place + i : 0] : T{0};
  if (row_first ? product.transpose_b : !product.transpose_a)
    run_on_widest_vectors<MatrixTimesColumn<T>::template Loop>(matrix + place * k, vector, count, k, result);
  else
    run_on_widest_vectors<RowTimesMatrix<T>::template Loop>(vector, matrix + place,
                                                            row_first ? n : product.rows, k, count, result);
}

}  // namespace

template <Number T>
VectorMethod<T>::VectorMethod(const MatrixProduct& product, std::span<const Tile> tiles, std::int64_t)
    : product_{product}, tiles_{tiles.begin(), tiles.end()} {}

template <Number T>
void VectorMethod<T>::compute(std::int64_t, std::size_t tile, const T* a, const T* b, const T* bias,
                              T* y) const {
  using W = typename Wrapping<T>::type;
  multiply(product_, tiles_[tile], reinterpret_cast<const W*>(a), reinterpret_cast<const W*>(b),
           reinterpret_cast<const W*>(bias), reinterpret_cast<W*>(y));
}

template class VectorMethod<float>;
template class VectorMethod<double>;
template class VectorMethod<std::int32_t>;
template class VectorMethod<std::int64_t>;
template class VectorMethod<std::uint8_t>;

}  // namespace retrograph
