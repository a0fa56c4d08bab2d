#include <retrograph/ops/kernels/instruction_set.hpp>
#include <retrograph/ops/kernels/matmul_methods.hpp>
#include <retrograph/ops/kernels/vectors.hpp>

#include <algorithm>

namespace retrograph {
namespace {

/// Integers wrap around, which in C++ only unsigned ones do.
template <class T>
struct Wrapping {
  using type = T;
};
template <std::integral T>
struct Wrapping<T> {
  using type = std::make_unsigned_t<T>;
};

/// A matrix read along either axis: steps from one row, and from one column, to the next.
template <class T>
struct Strided {
  const T* first;
  std::int64_t row_step, column_step;

  [[gnu::always_inline]] Strided from(std::int64_t row, std::int64_t column) const {
    return {first + row * row_step + column * column_step, row_step, column_step};
  }
};

/// One rectangle of a result: y = factor a b, and if there is an addend, y += addend_factor addend, whose
/// rows are `addend_step` apart.
template <class T>
struct Problem {
  Strided<T> a, b;
  std::int64_t rows, columns, inner;
  T* y;
  std::int64_t y_step;
  const T* addend;
  std::int64_t addend_step;
  T factor, addend_factor;
  T* packed;  // room for a strip of b
};

/// At most `width` bytes: their first and their last part, which may overlap.
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

// In numbers: a strip of b stays in the first cache while tiles of y are computed below one another; the rows
// of a that they need, in the second.
constexpr std::int64_t row_block = 128, inner_block = 112;
/// A strip is packed into consecutive memory where its rows are further apart than this and there are rows of
/// a enough to be worth it.
constexpr std::int64_t far_bytes = 2048, rows_worth_packing = 32;

/// y = factor a b + addend_factor addend, in blocks that stay in the caches: see Goto and van de Geijn,
/// "Anatomy of High-Performance Matrix Multiplication", ACM Transactions on Mathematical Software 34(3),
/// 2008. Of a, which they pack too, only single numbers are read here, so that it may lie as it is.
template <class T>
struct BlockedProduct {
  template <int bytes>
  struct Loop {
    using V = Vector<T, bytes>;
    static constexpr auto lane_count = lanes<T, bytes>;
    /// The part of y whose sums are in registers: of 32 wide ones 24, of 16 narrow ones 12. More than 8 rows
    /// would need more addresses than there are registers for.
    static constexpr int tile_vectors = std::integral<T> ? 2 : bytes == 64 ? 4 : 3;
    static constexpr int tile_rows(int vectors) {
      return bytes == 64 ? (vectors == 4 ? 6 : 8) : (vectors == 3 ? 4 : vectors == 2 ? 6 : 8);
    }

    [[gnu::always_inline]] static void run(const Problem<T>& all) {
      constexpr auto strip_columns = tile_vectors * lane_count;
      const auto block_length = inner_block * tile_vectors / vectors_of(std::min(all.columns, strip_columns));
      const auto blocks = (all.inner + block_length - 1) / block_length;
      for (std::int64_t row = 0; row < all.rows; row += row_block)
        for (std::int64_t column = 0; column < all.columns; column += strip_columns)
          for (std::int64_t block = 0, k = 0; block < blocks; ++block) {
            const auto end = all.inner * (block + 1) / blocks;
            add_block<tile_vectors>(part(all, row, column, k, strip_columns, end - k));
            k = end;
          }
    }

    static std::int64_t vectors_of(std::int64_t columns) { return (columns + lane_count - 1) / lane_count; }

    [[gnu::always_inline]] static Problem<T> part(const Problem<T>& all, std::int64_t row,
                                                  std::int64_t column, std::int64_t k,
                                                  std::int64_t strip_columns, std::int64_t inner) {
      auto part = all;
      part.rows = std::min(row_block, all.rows - row);
      part.columns = std::min(strip_columns, all.columns - column);
      part.inner = inner;
      part.a = all.a.from(row, k);
      part.b = all.b.from(k, column);
      part.y += row * all.y_step + column;
      if (k > 0) {  // the sum of the blocks before
        part.addend = part.y;
        part.addend_step = part.y_step;
        part.addend_factor = 1;
      } else if (all.addend) {
        part.addend += row * all.addend_step + column;
      }
      return part;
    }

    /// In as few vectors as the columns need.
    template <int vectors>
    [[gnu::always_inline]] static void add_block(Problem<T> block) {
      if constexpr (vectors > 1)
        if (block.columns <= (vectors - 1) * lane_count) return add_block<vectors - 1>(block);
      constexpr auto width = vectors * lane_count;
      constexpr auto height = tile_rows(vectors);
      auto whole = block,
           rest = block;  // what lies so that whole vectors can be read, and what must be packed
      whole.inner = readable(block, width);
      rest.inner -= whole.inner;
      rest.b = {block.packed, width, 1};
      rest.a = block.a.from(0, whole.inner);
      pack(block.b.from(whole.inner, 0), rest.inner, block.columns, width, block.packed);
      for (std::int64_t row = 0; row < block.rows;) {
        const auto left = block.rows - row;
        // 4 rows and 4 rows lose less than 6 and 2.
        const auto count = height > 4 && (left == height + 1 || left == height + 2)
                               ? std::int64_t{4}
                               : std::min<std::int64_t>(height, left);
        add_tile<vectors, height>(whole, rest, row, count);
        row += count;
      }
    }

    /// How many rows of b can be read as they lie, `width` numbers each: what is more than the strip's
    /// columns is the start of the next row, and not used.
    [[gnu::always_inline]] static std::int64_t readable(const Problem<T>& block, std::int64_t width) {
      const auto step = block.b.row_step;
      const bool is_far = step * static_cast<std::int64_t>(sizeof(T)) > far_bytes;
      if (block.b.column_step != 1 || (is_far && block.rows >= rows_worth_packing)) return 0;
      const auto beyond = width - block.columns;
      return std::max(std::int64_t{0}, block.inner - (beyond + step - 1) / step);
    }

    /// Columns that are missing are 0.
    [[gnu::always_inline]] static void pack(const Strided<T>& b, std::int64_t inner, std::int64_t columns,
                                            std::int64_t width, T* to) {
      for (std::int64_t k = 0; k < inner; ++k, to += width) {
        const auto* from = b.first + k * b.row_step;
        if (columns < width) store(V{}, to + width - lane_count);
        if (b.column_step == 1) {
          std::int64_t j = 0;
          for (; columns - j > lane_count; j += lane_count) copy_few<bytes>(from + j, to + j, lane_count);
          copy_few<bytes>(from + j, to + j, columns - j);
        } else
          for (std::int64_t j = 0; j < columns; ++j) to[j] = from[j * b.column_step];
      }
    }

    /// Of at most `height` rows; of fewer, in a tile of half the height.
    template <int vectors, int height>
    [[gnu::always_inline]] static void add_tile(const Problem<T>& whole, const Problem<T>& rest,
                                                std::int64_t row, std::int64_t rows) {
      if constexpr (height > 2 && std::floating_point<T>) {
        constexpr auto next = height > 4 ? 4 : 2;
        if (rows <= next) return add_tile<vectors, next>(whole, rest, row, rows);
      }
      V sums[height][vectors] = {};
      for (const auto* part : {&whole, &rest}) add_products(*part, row, rows, sums);
      write_rows(whole, row, rows, sums);
    }

    /// Rows that are missing are computed as the last one again, and not written.
    template <int height, int vectors>
    [[gnu::always_inline]] static void add_products(const Problem<T>& part, std::int64_t row,
                                                    std::int64_t rows, V (&sums)[height][vectors]) {
      const T* rows_of_a[height];
      for (int i = 0; i < height; ++i)
        rows_of_a[i] = part.a.first + (row + std::min<std::int64_t>(i, rows - 1)) * part.a.row_step;
      const auto* b = part.b.first;
      const auto b_step = part.b.row_step, a_step = part.a.column_step;
      constexpr std::int64_t line = 64 / sizeof(T);
      for (std::int64_t begin = 0, place = 0; begin < part.inner; begin += line) {
        if (a_step == 1)  // what the tile below will read: the processor itself sees short runs of lines only
          for (int i = 0; i < height; ++i)
            __builtin_prefetch(rows_of_a[i] + place + height * part.a.row_step);
        const auto end = place + std::min(line, part.inner - begin) * a_step;
        for (; place != end; b += b_step) {
          V numbers[vectors];
          for (int j = 0; j < vectors; ++j) load(numbers[j], b + j * lane_count);
          for (int i = 0; i < height; ++i)
            for (int j = 0; j < vectors; ++j) sums[i][j] += numbers[j] * rows_of_a[i][place];
          place += a_step;
          asm("" : "+r"(place));
        }
      }
    }

    /// One by one, so that each is known to be in registers; all addends first, which may be where rows go.
    template <int height, int vectors>
    [[gnu::always_inline]] static void write_rows(const Problem<T>& block, std::int64_t row,
                                                  std::int64_t rows, V (&sums)[height][vectors]) {
      finish_rows<0>(block, row, rows, sums);
      store_rows<0>(block, row, rows, sums);
    }

    /// Numbers of the rows below that follow a row at once: none where the strip has not all of the columns.
    [[gnu::always_inline]] static std::int64_t behind(const Problem<T>& block, std::int64_t step,
                                                      std::int64_t rows_below) {
      return step == block.columns ? rows_below * step : 0;
    }

    template <int i, int height, int vectors>
    [[gnu::always_inline]] static void finish_rows(const Problem<T>& block, std::int64_t row,
                                                   std::int64_t rows, V (&sums)[height][vectors]) {
      if (i >= rows) return;
      const auto* addend = block.addend ? block.addend + (row + i) * block.addend_step : nullptr;
      finish_row<0>(block, addend, behind(block, block.addend_step, rows - 1 - i), sums[i]);
      if constexpr (i + 1 < height) finish_rows<i + 1>(block, row, rows, sums);
    }

    /// `behind` numbers that may be read follow the addend's row.
    template <int j, int vectors>
    [[gnu::always_inline]] static void finish_row(const Problem<T>& block, const T* addend,
                                                  std::int64_t behind, V (&sums)[vectors]) {
      auto& sum = sums[j];
      if constexpr (std::floating_point<T>) sum *= block.factor;
      if (addend) {
        const auto columns = block.columns - j * lane_count;
        V added{};
        if (columns >= lane_count || columns + behind >= lane_count)
          load(added, addend + j * lane_count);
        else
          read_few(addend + j * lane_count, columns, added);
        if constexpr (std::floating_point<T>) added *= block.addend_factor;
        sum += added;
      }
      if constexpr (j + 1 < vectors) finish_row<j + 1>(block, addend, behind, sums);
    }

    template <int i, int height, int vectors>
    [[gnu::always_inline]] static void store_rows(const Problem<T>& block, std::int64_t row,
                                                  std::int64_t rows, V (&sums)[height][vectors]) {
      if (i >= rows) return;
      store_row<0>(block, block.y + (row + i) * block.y_step, behind(block, block.y_step, rows - 1 - i),
                   sums[i]);
      if constexpr (i + 1 < height) store_rows<i + 1>(block, row, rows, sums);
    }

    /// `behind` numbers follow the row, and are written after it.
    template <int j, int vectors>
    [[gnu::always_inline]] static void store_row(const Problem<T>& block, T* y, std::int64_t behind,
                                                 V (&sums)[vectors]) {
      const auto columns = block.columns - j * lane_count;
      if (j + 1 < vectors || columns >= lane_count || columns + behind >= lane_count) {
        store(sums[j], y + j * lane_count);
      } else {
        T numbers[lane_count];
        store(sums[j], numbers);
        copy_few<bytes / 2>(numbers, y + j * lane_count, columns);
      }
      if constexpr (j + 1 < vectors) store_row<j + 1>(block, y, behind, sums);
    }

    [[gnu::always_inline]] static void read_few(const T* from, std::int64_t columns, V& vector) {
      T numbers[lane_count] = {};
      copy_few<bytes / 2>(from, numbers, columns);
      load(vector, numbers);
    }
  };
};

/// Numbers of the widest strip.
template <class T>
constexpr std::int64_t widest_strip = 4 * lanes<T, 64>;

}  // namespace

template <Number T>
BlockedMethod<T>::BlockedMethod(const MatrixProduct& product, std::span<const Tile> tiles, std::int64_t slots)
    : product_{product}, tiles_{tiles.begin(), tiles.end()} {
  for (std::int64_t slot = 0; slot < slots; ++slot)
    packed_.push_back(
        Array::uninitialized({dtype_of<T>(), {widest_strip<T> * std::min(product.inner, 4*inner_block)}}));
}

template <Number T>
void BlockedMethod<T>::compute(std::int64_t slot, std::size_t tile,
                               const ProductOperands<T>& operands) const {
  using W = typename Wrapping<T>::type;
  const auto [row, column, rows, columns] = tiles_[tile];
  const auto inner = product_.inner, stride = product_.columns;
  const auto* left = reinterpret_cast<const W*>(operands.a);
  const auto* right = reinterpret_cast<const W*>(operands.b);
  const auto* addend = reinterpret_cast<const W*>(operands.addend);
  const auto a = product_.transpose_a ? Strided<W>{left, 1, product_.rows} : Strided<W>{left, inner, 1};
  const auto b = product_.transpose_b ? Strided<W>{right, 1, inner} : Strided<W>{right, stride, 1};
  const auto addend_step = product_.addend == Addend::matrix ? stride : 0;
  run_on_widest_vectors<BlockedProduct<W>::template Loop>(
      Problem<W>{a.from(row, 0), b.from(0, column), rows, columns, inner,
                 reinterpret_cast<W*>(operands.y) + row * stride + column, stride,
                 addend ? addend + row * addend_step + column : nullptr, addend_step,
                 static_cast<W>(operands.factor), static_cast<W>(operands.addend_factor),
                 reinterpret_cast<W*>(packed_[static_cast<std::size_t>(slot)].bytes())});
}

template class BlockedMethod<float>;
template class BlockedMethod<double>;
template class BlockedMethod<std::int32_t>;
template class BlockedMethod<std::int64_t>;
template class BlockedMethod<std::uint8_t>;

}  // namespace retrograph
