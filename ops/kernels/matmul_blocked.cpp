#include <retrograph/ops/kernels/matmul_methods.hpp>
#include <retrograph/ops/kernels/matmul_tiles.hpp>
#include <retrograph/ops/kernels/transpose_runs.hpp>

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

// In numbers: a strip of b as wide as a tile stays in the first cache while tiles of y are computed below one
// another, and so does a longer one that is narrower; the rows of a that they need, in the second.
constexpr std::int64_t row_block = 256, inner_block = 112;
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

    [[gnu::always_inline]] static void run(const MatmulProblem<T>& all) {
      constexpr auto strip_columns = tile_vectors * lane_count;
      const auto vectors = (std::min(all.columns, strip_columns) + lane_count - 1) / lane_count;
      const auto longest = inner_block * tile_vectors / vectors;
      const auto blocks = (all.inner + longest - 1) / longest;
      for (std::int64_t row = 0; row < all.rows; row += row_block)
        for (std::int64_t column = 0; column < all.columns; column += strip_columns)
          for (std::int64_t block = 0, k = 0; block < blocks; ++block) {
            const auto end = all.inner * (block + 1) / blocks;
            add_block<tile_vectors>(part(all, row, column, k, strip_columns, end - k));
            k = end;
          }
    }

    [[gnu::always_inline]] static MatmulProblem<T> part(const MatmulProblem<T>& all, std::int64_t row,
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
    [[gnu::always_inline]] static void add_block(MatmulProblem<T> block) {
      if constexpr (vectors > 1)
        if (block.columns <= (vectors - 1) * lane_count) return add_block<vectors - 1>(block);
      constexpr auto width = vectors * lane_count;
      auto whole = block,
           rest = block;  // what lies so that whole vectors can be read, and what must be packed
      whole.inner = readable(block, width);
      rest.inner -= whole.inner;
      rest.b = {block.packed, width, 1};
      rest.a = block.a.from(0, whole.inner);
      pack(block.b.from(whole.inner, 0), rest.inner, block.columns, width, block.packed);
      compute_rows<vectors>(whole, rest);
    }

    /// 4 rows and 4 rows lose less than 6 and 2.
    template <int vectors>
    [[gnu::always_inline]] static void compute_rows(const MatmulProblem<T>& whole,
                                                    const MatmulProblem<T>& rest) {
      constexpr auto height = tile_rows(vectors);
      const auto rows = whole.rows, left = rows % height;
      const bool ends_in_fours = height == 6 && rows > height && (left == 1 || left == 2);
      const auto tall = rows - left - (ends_in_fours ? height : 0);
      if (tall > 0)
        run_apart<bytes, MatmulTiles<T, vectors, height>::template Loop>(whole, rest, std::int64_t{0}, tall);
      if (ends_in_fours)
        compute_last_rows<vectors, std::min(height, 4)>(whole, rest, tall);
      else if (left > 0)
        compute_last_rows<vectors, height>(whole, rest, tall);
    }

    /// In tiles of that height, or of a smaller one which has room for them all.
    template <int vectors, int height>
    [[gnu::always_inline]] static void compute_last_rows(const MatmulProblem<T>& whole,
                                                         const MatmulProblem<T>& rest, std::int64_t row) {
      if constexpr (height > 2 && std::floating_point<T>) {
        constexpr auto next = height > 4 ? 4 : 2;
        if (whole.rows - row <= next) return compute_last_rows<vectors, next>(whole, rest, row);
      }
      run_apart<bytes, MatmulTiles<T, vectors, height>::template Loop>(whole, rest, row, whole.rows);
    }

    /// How many rows of b can be read as they lie, `width` numbers each: what is more than the strip's
    /// columns is the start of the next row, and not used.
    [[gnu::always_inline]] static std::int64_t readable(const MatmulProblem<T>& block, std::int64_t width) {
      const auto step = block.b.row_step;
      const bool is_far = step * static_cast<std::int64_t>(sizeof(T)) > far_bytes;
      if (block.b.column_step != 1 || (is_far && block.rows >= rows_worth_packing)) return 0;
      const auto beyond = width - block.columns;
      return std::max(std::int64_t{0}, block.inner - (beyond + step - 1) / step);
    }

    /// Columns that are missing are 0.
    [[gnu::always_inline]] static void pack(const StridedMatrix<T>& b, std::int64_t inner,
                                            std::int64_t columns, std::int64_t width, T* to) {
      if (columns < width)
        for (std::int64_t k = 0; k < inner; ++k) store(V{}, to + (k + 1) * width - lane_count);
      // In registers of 16 bytes on any machine: numbers are only moved.
      if (b.column_step != 1) return transpose_runs(columns, inner, b.first, b.column_step, to, width);
      for (std::int64_t k = 0; k < inner; ++k, to += width) {
        const auto* from = b.first + k * b.row_step;
        for (std::int64_t ahead = 0; ahead < columns; ahead += lane_count)  // the next block
          __builtin_prefetch(from + inner * b.row_step + ahead, 0, 2);
        std::int64_t j = 0;
        for (; columns - j > lane_count; j += lane_count) copy_few<bytes>(from + j, to + j, lane_count);
        copy_few<bytes>(from + j, to + j, columns - j);
      }
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
        Array::uninitialized({dtype_of<T>(), {widest_strip<T> * std::min(product.inner, inner_block)}}));
}

template <Number T>
void BlockedMethod<T>::compute(std::int64_t slot, std::size_t tile,
                               const ProductOperands<T>& operands) const {
  compute_terms(slot, tile, 0, product_.inner, operands);
}

template <Number T>
void BlockedMethod<T>::compute_terms(std::int64_t slot, std::size_t tile, std::int64_t first,
                                     std::int64_t count, const ProductOperands<T>& operands) const {
  using W = typename Wrapping<T>::type;
  const auto [row, column, rows, columns] = tiles_[tile];
  const auto inner = product_.inner, stride = product_.columns;
  const auto* left = reinterpret_cast<const W*>(operands.a);
  const auto* right = reinterpret_cast<const W*>(operands.b);
  const auto* addend = reinterpret_cast<const W*>(operands.addend);
  const auto a =
      product_.transpose_a ? StridedMatrix<W>{left, 1, product_.rows} : StridedMatrix<W>{left, inner, 1};
  const auto b =
      product_.transpose_b ? StridedMatrix<W>{right, 1, inner} : StridedMatrix<W>{right, stride, 1};
  const auto addend_step = product_.addend == Addend::matrix ? stride : 0;
  run_on_widest_vectors<BlockedProduct<W>::template Loop>(
      MatmulProblem<W>{a.from(row, first), b.from(first, column), rows, columns, count,
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
