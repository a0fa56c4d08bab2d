#include <retrograph/ops/kernels/instruction_set.hpp>
#include <retrograph/ops/kernels/matmul_methods.hpp>
#include <retrograph/ops/kernels/vectors.hpp>

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

    [[gnu::always_inline]] static void add_rows(const T* x, const T* matrix, std::int64_t stride,
                                                std::int64_t inner, std::int64_t columns, T* y) {
      constexpr auto lane_count = lanes<T, bytes>;
      std::int64_t column = 0;
      while (columns - column > 8 * lane_count) {  // leaves a vector at least
        const auto next = (columns - column >= 9 * lane_count ? 8 : 7) * lane_count;
        add_columns<8, bytes>(x, matrix + column, stride, inner, next, y + column);
        column += next;
      }
      add_last<bytes>(x, matrix + column, stride, inner, columns - column, y + column);
    }

    /// In vectors so narrow that one fits.
    template <int width>
    [[gnu::always_inline]] static void add_last(const T* x, const T* matrix, std::int64_t stride,
                                                std::int64_t inner, std::int64_t columns, T* y) {
      if (columns >= lanes<T, width>)
        add_columns<width == bytes ? 8 : 2, width>(x, matrix, stride, inner, columns, y);
      else if constexpr (lanes<T, width> > 1)
        add_last<width / 2>(x, matrix, stride, inner, columns, y);
    }

    template <int most, int width>
    [[gnu::always_inline]] static void add_columns(const T* x, const T* matrix, std::int64_t stride,
                                                   std::int64_t inner, std::int64_t columns, T* y) {
      if (columns > (most - 1) * lanes<T, width>)
        add_vectors<most, width>(x, matrix, stride, inner, columns, y);
      else if constexpr (most > 1)
        add_columns<most - 1, width>(x, matrix, stride, inner, columns, y);
    }

    /// The columns in `count` vectors. The last vector ends where they end: it may share columns with the one
    /// before it, and both then compute the same.
    template <int count, int width>
    [[gnu::always_inline]] static void add_vectors(const T* x, const T* matrix, std::int64_t stride,
                                                   std::int64_t inner, std::int64_t columns, T* y) {
      const auto last = columns - lanes<T, width>;
      // Some eight sums that do not wait for one another: fewer columns take more rows in turn.
      constexpr int turns = count == 1 ? 8 : count == 2 ? 4 : count <= 4 ? 2 : 1;
      Vector<T, width> sums[turns][count] = {};
      for (int i = 0; i < count; ++i) load(sums[0][i], y + place<count, width>(i, last));
      std::int64_t k = 0;
      for (; k + turns <= inner; k += turns)
        for (int turn = 0; turn < turns; ++turn)
          add_row<count, width>(sums[turn], matrix + (k + turn) * stride, last, x[k + turn]);
      for (; k < inner; ++k) add_row<count, width>(sums[0], matrix + k * stride, last, x[k]);
      for (int half = turns / 2; half > 0; half /= 2)
        for (int turn = 0; turn < half; ++turn)
          for (int i = 0; i < count; ++i) sums[turn][i] += sums[turn + half][i];
      for (int i = 0; i < count; ++i) store(sums[0][i], y + place<count, width>(i, last));
    }

    template <int count, int width>
    [[gnu::always_inline]] static std::int64_t place(int vector, std::int64_t last) {
      return vector + 1 < count ? vector * lanes<T, width> : last;
    }

    template <int count, int width>
    [[gnu::always_inline]] static void add_row(Vector<T, width>* sums, const T* row, std::int64_t last,
                                               T factor) {
      for (int i = 0; i < count; ++i) {
        Vector<T, width> numbers;
        load(numbers, row + place<count, width>(i, last));
        sums[i] += numbers * factor;
      }
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
        for (int i = 0; i < count; ++i) y[i] += sum_of_lanes<T, width>(sums[i][0] + sums[i][1]);
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
        sums[i][half] += numbers * factors;
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
      for (std::int64_t row = 0; row < rows; ++row, y += stride)
        write_row<bytes>(a[row], b, columns, y, bias);
    }

    /// In vectors of `width` bytes as long as they fit, then in narrower ones.
    template <int width>
    [[gnu::always_inline]] static void write_row(T a, const T* b, std::int64_t columns, T* y, const T* bias) {
      constexpr auto lane_count = lanes<T, width>;
      std::int64_t column = 0;
      for (; column + lane_count <= columns; column += lane_count) write_vector<width>(a, b, column, y, bias);
      if constexpr (lane_count > 1)
        write_row<width / 2>(a, b + column, columns - column, y + column, bias ? bias + column : nullptr);
    }

    template <int width>
    [[gnu::always_inline]] static void write_vector(T a, const T* b, std::int64_t column, T* y,
                                                    const T* bias) {
      Vector<T, width> numbers, sums{};
      load(numbers, b + column);
      if (bias) load(sums, bias + column);
      sums += numbers * a;
      store(sums, y + column);
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

template <std::floating_point T>
VectorMethod<T>::VectorMethod(const MatrixProduct& product, std::span<const Tile> tiles, std::int64_t)
    : product_{product}, tiles_{tiles.begin(), tiles.end()} {}

template <std::floating_point T>
void VectorMethod<T>::compute(std::int64_t, std::size_t tile, const T* a, const T* b, const T* bias,
                              T* y) const {
  multiply(product_, tiles_[tile], a, b, bias, y);
}

template class VectorMethod<float>;
template class VectorMethod<double>;

}  // namespace retrograph
