#pragma once

#include <retrograph/graph/execute/instruction_set.hpp>
#include <retrograph/ops/kernels/vectors.hpp>

#include <algorithm>
#include <concepts>

namespace retrograph {

/// A matrix read along either axis: steps from one row, and from one column, to the next, one of which is 1.
template <class T>
struct StridedMatrix {
  const T* first;
  std::int64_t row_step, column_step;

  [[gnu::always_inline]] StridedMatrix from(std::int64_t row, std::int64_t column) const {
    return {first + row * row_step + column * column_step, row_step, column_step};
  }
};

/// One rectangle of a result: y = factor a b, and if there is an addend, y += addend_factor addend, whose
/// rows are `addend_step` apart.
template <class T>
struct MatmulProblem {
  StridedMatrix<T> a, b;
  std::int64_t rows, columns, inner;
  T* y;
  std::int64_t y_step;
  const T* addend;
  std::int64_t addend_step;
  T factor, addend_factor;
  T* packed;  // room for a strip of b
};

/// At most twice `width` bytes: their first and their last part, which may overlap.
template <int width, class T>
[[gnu::always_inline]] inline void copy_few(const T* from, T* to, std::int64_t count) {
  constexpr auto step = lanes<T, width>;
  if (count >= step) {
    Vector<T, width> first, last;
    load(first, from);
    load(last, from + count - step);
    store(first, to);
    store(last, to + count - step);
  } else if constexpr (step > 1) {
    copy_few<width / 2>(from, to, count);
  }
}

/// Else GCC counts up the address of each row in place of the one index, in memory for lack of registers: 64
/// x 10 x 128 took twice as long.
[[gnu::always_inline]] inline void hide_from_optimizer(std::int64_t& number) {
  asm("" : "+r"(number));
}

/// Rows of y in tiles whose sums are all in registers: of `height` rows and as many columns as fill `vectors`
/// vectors. Run apart, so that it has all registers for itself.
template <class T, int vectors, int height>
struct MatmulTiles {
  template <int bytes>
  struct Loop {
    using V = Vector<T, bytes>;
    static constexpr auto lane_count = lanes<T, bytes>;

    /// Rows `row` to `end`, of which the last tile may have fewer than the height; `whole` and then `rest` of
    /// the inner extent.
    [[gnu::always_inline]] static void run(const MatmulProblem<T>& whole, const MatmulProblem<T>& rest,
                                           std::int64_t row, std::int64_t end) {
      for (; row < end; row += height) run_tile(whole, rest, row, std::min<std::int64_t>(height, end - row));
    }

   private:
    [[gnu::always_inline]] static void run_tile(const MatmulProblem<T>& whole, const MatmulProblem<T>& rest,
                                                std::int64_t row, std::int64_t rows) {
      V sums[height][vectors] = {};
      for (const auto* part : {&whole, &rest})
        if (part->inner > 0) add_products(*part, row, rows, sums);
      if (whole.columns == vectors * lane_count)
        write_rows<true>(whole, row, rows, sums);
      else
        write_rows<false>(whole, row, rows, sums);
    }

    /// Rows that are missing are computed as the last one again, and not written.
    [[gnu::always_inline]] static void add_products(const MatmulProblem<T>& part, std::int64_t row,
                                                    std::int64_t rows, V (&sums)[height][vectors]) {
      const T* rows_of_a[height];
      for (int i = 0; i < height; ++i)
        rows_of_a[i] = part.a.first + (row + std::min<std::int64_t>(i, rows - 1)) * part.a.row_step;
      const auto* b = part.b.first;
      const auto b_step = part.b.row_step, a_step = part.a.column_step;
      // The tile below will be read next, or the first one of the next block.
      const auto next_tile =
          row + rows < part.rows ? height * part.a.row_step : part.inner - row * part.a.row_step;
      constexpr std::int64_t line = 64 / sizeof(T);
      for (std::int64_t begin = 0, place = 0; begin < part.inner; begin += line) {
        if (a_step == 1)  // the processor itself sees short runs of lines only
          for (int i = 0; i < height; ++i) __builtin_prefetch(rows_of_a[i] + place + next_tile);
        const auto end = place + std::min(line, part.inner - begin) * a_step;
        for (; place != end; b += b_step) {
          V numbers[vectors];
          for (int j = 0; j < vectors; ++j) load(numbers[j], b + j * lane_count);
          for (int i = 0; i < height; ++i)
            for (int j = 0; j < vectors; ++j) sums[i][j] += numbers[j] * rows_of_a[i][place];
          place += a_step;
          hide_from_optimizer(place);
        }
      }
    }

    /// One by one, so that each is known to be in registers; all addends first, which may be where rows go.
    /// Full are rows that fill all vectors.
    template <bool is_full>
    [[gnu::always_inline]] static void write_rows(const MatmulProblem<T>& block, std::int64_t row,
                                                  std::int64_t rows, V (&sums)[height][vectors]) {
      if (block.factor != 1) scale<0>(block, sums);
      if (block.addend) add_rows<is_full, 0>(block, block.addend + row * block.addend_step, rows, sums);
      store_rows<is_full, 0>(block, block.y + row * block.y_step, rows, sums);
    }

    template <int place>
    [[gnu::always_inline]] static void scale(const MatmulProblem<T>& block, V (&sums)[height][vectors]) {
      if constexpr (std::floating_point<T>) sums[place / vectors][place % vectors] *= block.factor;
      if constexpr (place + 1 < height * vectors) scale<place + 1>(block, sums);
    }

    template <bool is_full, int i>
    [[gnu::always_inline]] static void add_rows(const MatmulProblem<T>& block, const T* addend,
                                                std::int64_t rows, V (&sums)[height][vectors]) {
      if (i >= rows) return;
      add_row<is_full, 0>(block, addend, behind(block, block.addend_step, rows - 1 - i), sums[i]);
      if constexpr (i + 1 < height) add_rows<is_full, i + 1>(block, addend + block.addend_step, rows, sums);
    }

    template <bool is_full, int j>
    [[gnu::always_inline]] static void add_row(const MatmulProblem<T>& block, const T* addend,
                                               std::int64_t numbers_behind, V (&sums)[vectors]) {
      V added{};
      if (is_full || j + 1 < vectors || block.columns + numbers_behind >= vectors * lane_count)
        load(added, addend + j * lane_count);
      else
        read_few(addend + j * lane_count, block.columns - j * lane_count, added);
      if constexpr (std::floating_point<T>) added *= block.addend_factor;
      sums[j] += added;
      if constexpr (j + 1 < vectors) add_row<is_full, j + 1>(block, addend, numbers_behind, sums);
    }

    template <bool is_full, int i>
    [[gnu::always_inline]] static void store_rows(const MatmulProblem<T>& block, T* y, std::int64_t rows,
                                                  V (&sums)[height][vectors]) {
      if (i >= rows) return;
      store_row<is_full, 0>(block, y, behind(block, block.y_step, rows - 1 - i), sums[i]);
      if constexpr (i + 1 < height) store_rows<is_full, i + 1>(block, y + block.y_step, rows, sums);
    }

    template <bool is_full, int j>
    [[gnu::always_inline]] static void store_row(const MatmulProblem<T>& block, T* y,
                                                 std::int64_t numbers_behind, V (&sums)[vectors]) {
      if (is_full || j + 1 < vectors || block.columns + numbers_behind >= vectors * lane_count)
        store(sums[j], y + j * lane_count);
      else
        store_few(sums[j], y + j * lane_count, block.columns - j * lane_count);
      if constexpr (j + 1 < vectors) store_row<is_full, j + 1>(block, y, numbers_behind, sums);
    }

    /// How many numbers that may be read, and are written after it, follow a row at once: those of the rows
    /// below; none where the strip has not all of the columns.
    [[gnu::always_inline]] static std::int64_t behind(const MatmulProblem<T>& block, std::int64_t step,
                                                      std::int64_t rows_below) {
      return step == block.columns ? rows_below * step : 0;
    }

    [[gnu::always_inline]] static void store_few(const V& vector, T* to, std::int64_t columns) {
      T numbers[lane_count];
      store(vector, numbers);
      copy_few<bytes / 2>(numbers, to, columns);
    }

    [[gnu::always_inline]] static void read_few(const T* from, std::int64_t columns, V& vector) {
      T numbers[lane_count] = {};
      copy_few<bytes / 2>(from, numbers, columns);
      load(vector, numbers);
    }
  };
};

}  // namespace retrograph
