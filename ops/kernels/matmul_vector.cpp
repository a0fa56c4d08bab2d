#include <retrograph/graph/execute/instruction_set.hpp>
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
      // A fed vector lies in memory, and is read too fast for the processor to ask in time.
      constexpr std::int64_t line = 64 / sizeof(T);
      for (std::int64_t k = 0; k < inner; k += line) __builtin_prefetch(x + k);
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

/// A matrix that is added to another: rows are `step` apart, 0 for one row that is added to all.
template <class T>
struct AddedRows {
  const T* numbers;
  std::int64_t step;
  T factor;

  [[gnu::always_inline]] AddedRows from(std::int64_t row, std::int64_t column) const {
    return {numbers ? numbers + row * step + column : nullptr, step, factor};
  }
};

/// y_ij = factor a_i b_j, with added_ij added if there is such a matrix; it may be y. Rows of y are `stride`
/// apart.
template <class T>
struct Outer {
  template <int bytes>
  struct Loop {
    [[gnu::always_inline]] static void run(const T* a, const T* b, T factor, std::int64_t rows,
                                           std::int64_t columns, std::int64_t stride, T* y,
                                           AddedRows<T> added, const NarrowRows<T>* narrow) {
      if constexpr (bytes >= 32)
        if (stride == columns && added.step == columns && narrow->template suit<bytes>(rows)) {
          const auto done =
              narrow->template add_outer<bytes>(a, b, factor, rows, added.numbers, added.factor, y);
          a += done;
          y += done * stride;
          added = added.from(done, 0);
          rows -= done;
        }
      for (std::int64_t row = 0; row < rows; ++row)
        write_row<bytes>(factor * a[row], b, columns, y + row * stride, added.from(row, 0));
    }

    /// In vectors of `width` bytes, or in narrower ones if not one of them fits. The last vector ends where
    /// the row ends: it may share columns with the one before it, so that both are computed before one is
    /// written.
    template <int width>
    [[gnu::always_inline]] static void write_row(T a, const T* b, std::int64_t columns, T* y,
                                                 const AddedRows<T>& added) {
      constexpr auto lane_count = lanes<T, width>;
      if (columns >= lane_count) {
        Vector<T, width> numbers, last;
        const auto last_column = columns - lane_count;
        std::int64_t column = 0;
        for (; column + lane_count < last_column; column += lane_count) {
          compute<width>(a, b, column, added, numbers);
          store(numbers, y + column);
        }
        compute<width>(a, b, last_column, added, last);
        if (column < last_column) {
          compute<width>(a, b, column, added, numbers);
          store(numbers, y + column);
        }
        store(last, y + last_column);
      } else if constexpr (lane_count > 1) {
        write_row<width / 2>(a, b, columns, y, added);
      }
    }

    template <int width>
    [[gnu::always_inline]] static void compute(T a, const T* b, std::int64_t column,
                                               const AddedRows<T>& added, Vector<T, width>& sums) {
      Vector<T, width> numbers;
      load(numbers, b + column);
      if (added.numbers) {
        load(sums, added.numbers + column);
        sums *= added.factor;
        sums += numbers * a;
      } else {
        sums = numbers * a;
      }
    }
  };
};

template <class T>
void multiply_outer(const MatrixProduct& product, const Tile& tile, const ProductOperands<T>& operands,
                    const NarrowRows<T>& narrow) {
  const auto stride = product.columns;
  const AddedRows<T> added{operands.addend, product.addend == Addend::matrix ? stride : 0,
                           operands.addend_factor};
  run_on_widest_vectors<Outer<T>::template Loop>(
      operands.a + tile.row, operands.b + tile.column, operands.factor, tile.rows, tile.columns, stride,
      operands.y + tile.row * stride + tile.column, added.from(tile.row, tile.column), &narrow);
}

/// Where a tile of a result that is one row or one column starts, and its length.
struct Stretch {
  std::int64_t first, count;
  Stretch(const MatrixProduct& product, const Tile& tile)
      : first{product.rows == 1 ? tile.column : tile.row},
        count{product.rows == 1 ? tile.columns : tile.rows} {}
};

/// Adds the product of a matrix and a vector to `y`.
template <class T>
void add_product(const MatrixProduct& product, const Tile& tile, const ProductOperands<T>& operands, T* y) {
  // A vector first is a vector second from the other side.
  const bool row_first = product.rows == 1;
  const auto* vector = row_first ? operands.a : operands.b;
  const auto* matrix = row_first ? operands.b : operands.a;
  const auto k = product.inner;
  const auto [first, count] = Stretch{product, tile};
  if (row_first ? product.transpose_b : !product.transpose_a)
    run_on_widest_vectors<MatrixTimesColumn<T>::template Loop>(matrix + first * k, vector, count, k, y);
  else
    run_on_widest_vectors<RowTimesMatrix<T>::template Loop>(
        vector, matrix + first, row_first ? product.columns : product.rows, k, count, y);
}

}  // namespace

template <std::floating_point T>
VectorMethod<T>::VectorMethod(const MatrixProduct& product, std::span<const Tile> tiles, std::int64_t slots)
    : product_{product},
      tiles_{tiles.begin(), tiles.end()},
      narrow_{product.inner == 1 ? product.columns : 0} {
  if (product.inner == 1 || product.addend != Addend::matrix) return;
  for (std::int64_t slot = 0; slot < slots; ++slot)  // the first tile is the largest
    products_.push_back(Array::uninitialized({dtype_of<T>(), {tiles[0].rows * tiles[0].columns}}));
}

template <std::floating_point T>
void VectorMethod<T>::compute(std::int64_t slot, std::size_t index,
                              const ProductOperands<T>& operands) const {
  const auto& tile = tiles_[index];
  if (product_.inner == 1) return multiply_outer(product_, tile, operands, narrow_);
  if (product_.addend == Addend::matrix) return add_matrix(slot, tile, operands);
  const auto [first, count] = Stretch{product_, tile};
  auto* y = operands.y + first;
  const bool moves = product_.rows == 1;
  for (std::int64_t i = 0; i < count; ++i)
    y[i] = operands.addend ? operands.addend[moves ? first + i : 0] : T{0};
  add_product(product_, tile, operands, y);
}

template <std::floating_point T>
void VectorMethod<T>::add_matrix(std::int64_t slot, const Tile& tile,
                                 const ProductOperands<T>& operands) const {
  const auto [first, count] = Stretch{product_, tile};
  auto* product = products_[static_cast<std::size_t>(slot)].template values<T>().data();
  std::fill_n(product, count, T{0});
  add_product(product_, tile, operands, product);
  for (std::int64_t i = 0; i < count; ++i)
    operands.y[first + i] =
        operands.addend_factor * operands.addend[first + i] + operands.factor * product[i];
}

template class VectorMethod<float>;
template class VectorMethod<double>;

}  // namespace retrograph
