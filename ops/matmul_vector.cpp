#include <retrograph/ops/instruction_set.hpp>
#include <retrograph/ops/matmul_methods.hpp>

#include <algorithm>
#include <cstring>

namespace retrograph {
namespace {

/// A register's worth of numbers, or one number.
template <class T, int bytes>
struct Vector {
  using type [[gnu::vector_size(bytes)]] = T;
};
template <class T, int bytes>
requires(bytes <= static_cast<int>(sizeof(T))) struct Vector<T, bytes> {
  using type = T;
};

template <class V, class T>
[[gnu::always_inline]] inline void load(V& vector, const T* from) {
  std::memcpy(&vector, from, sizeof vector);
}
template <class V, class T>
[[gnu::always_inline]] inline void store(const V& vector, T* to) {
  std::memcpy(to, &vector, sizeof vector);
}

/// y_j += sum_k x_k matrix_kj. Rows of the matrix are `stride` apart.
template <class T>
struct RowTimesMatrix {
  template <int bytes>
  struct Loop {
    [[gnu::always_inline]] static void run(const T* x, const T* matrix, std::int64_t stride,
                                           std::int64_t inner, std::int64_t columns, T* y) {
      // Some rows at a time: each is on a page of its own, and there are entries for about 64 pages.
      constexpr std::int64_t rows_at_once = 64;
      for (std::int64_t k = 0; k < inner; k += rows_at_once)
        add_rows(x + k, matrix + k * stride, stride, std::min(rows_at_once, inner - k), columns, y);
    }

    [[gnu::always_inline]] static void add_rows(const T* x, const T* matrix, std::int64_t stride,
                                                std::int64_t inner, std::int64_t columns, T* y) {
      std::int64_t column = 0;
      // As many sums at once as hide the time from a multiplication to its result, then what is left.
      column = add_columns<8, bytes>(column, x, matrix, stride, inner, columns, y);
      column = add_columns<4, bytes>(column, x, matrix, stride, inner, columns, y);
      column = add_columns<1, bytes>(column, x, matrix, stride, inner, columns, y);
      column = add_columns<1, bytes / 2>(column, x, matrix, stride, inner, columns, y);
      column = add_columns<1, bytes / 4>(column, x, matrix, stride, inner, columns, y);
      add_columns<1, 1>(column, x, matrix, stride, inner, columns, y);
    }

    template <int count, int width>
    [[gnu::always_inline]] static std::int64_t add_columns(std::int64_t column, const T* x, const T* matrix,
                                                           std::int64_t stride, std::int64_t inner,
                                                           std::int64_t columns, T* y) {
      using V = typename Vector<T, width>::type;
      constexpr auto lanes = static_cast<std::int64_t>(sizeof(V) / sizeof(T));
      for (; column + count * lanes <= columns; column += count * lanes) {
        V sums[count];
        for (int i = 0; i < count; ++i) load(sums[i], y + column + i * lanes);
        for (std::int64_t k = 0; k < inner; ++k) {
          const auto* row = matrix + k * stride + column;
          for (int i = 0; i < count; ++i) {
            V numbers;
            load(numbers, row + i * lanes);
            sums[i] = static_cast<V>(sums[i] + numbers * x[k]);
          }
        }
        for (int i = 0; i < count; ++i) store(sums[i], y + column + i * lanes);
      }
      return column;
    }
  };
};

/// y_i += sum_k matrix_ik x_k. Rows of the matrix are `inner` apart.
template <class T>
struct MatrixTimesColumn {
  template <int bytes>
  struct Loop {
    using V = typename Vector<T, bytes>::type;
    static constexpr auto lanes = static_cast<std::int64_t>(sizeof(V) / sizeof(T));

    [[gnu::always_inline]] static void run(const T* matrix, const T* x, std::int64_t rows, std::int64_t inner,
                                           T* y) {
      std::int64_t row = 0;
      for (; row + 4 <= rows; row += 4) add_rows<4>(matrix + row * inner, x, inner, y + row);
      for (; row < rows; ++row) add_rows<1>(matrix + row * inner, x, inner, y + row);
    }

    template <int count>
    [[gnu::always_inline]] static void add_rows(const T* matrix, const T* x, std::int64_t inner, T* y) {
      // Two sums a row, whose additions do not wait for one another.
      V sums[count][2] = {};
      std::int64_t k = 0;
      for (; k + 2 * lanes <= inner; k += 2 * lanes)
        for (int half = 0; half < 2; ++half) {
          V factors;
          load(factors, x + k + half * lanes);
          for (int i = 0; i < count; ++i) {
            V numbers;
            load(numbers, matrix + i * inner + k + half * lanes);
            sums[i][half] += numbers * factors;
          }
        }
      for (int i = 0; i < count; ++i) {
        T lane[lanes], sum{};
        store(sums[i][0] + sums[i][1], lane);
        for (const auto number : lane) sum = static_cast<T>(sum + number);
        for (auto rest = k; rest < inner; ++rest)
          sum = static_cast<T>(sum + matrix[i * inner + rest] * x[rest]);
        y[i] = static_cast<T>(y[i] + sum);
      }
    }
  };
};

/// y_ij += a_i b_j. Rows of y are `stride` apart.
template <class T>
struct Outer {
  template <int bytes>
  struct Loop {
    [[gnu::always_inline]] static void run(const T* a, const T* b, std::int64_t rows, std::int64_t columns,
                                           std::int64_t stride, T* y, const T* bias) {
      using V = typename Vector<T, bytes>::type;
      constexpr auto lanes = static_cast<std::int64_t>(sizeof(V) / sizeof(T));
      for (std::int64_t row = 0; row < rows; ++row, y += stride) {
        std::int64_t column = 0;
        for (; column + lanes <= columns; column += lanes) {
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
