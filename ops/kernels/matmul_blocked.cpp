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

  Strided transposed() const { return {first, column_step, row_step}; }
  Strided from(std::int64_t row, std::int64_t column) const {
    return {first + row * row_step + column * column_step, row_step, column_step};
  }
};

// In numbers: a strip of b, for one column of register tiles, stays in the first cache; the blocks of a and b
// in the second.
constexpr std::int64_t row_block = 96, inner_block = 128, column_block = 480;
/// The last strip of a block is full, with zeros if need be.
constexpr std::int64_t widest_strip = 192;

/// y += a b, in blocks that stay in the caches: see Goto and van de Geijn, "Anatomy of High-Performance
/// Matrix Multiplication", ACM Transactions on Mathematical Software 34(3), 2008, figure 8.
template <class T>
struct BlockedProduct {
  template <int bytes>
  struct Loop {
    using V = Vector<T, bytes>;
    /// The part of y whose sums are in registers: of 32 wide ones 24, of 16 narrow ones 12.
    static constexpr int tile_rows = bytes == 64 ? 8 : 6, tile_vectors = bytes == 64 ? 3 : 2;
    static constexpr std::int64_t tile_columns = tile_vectors * lanes<T, bytes>;
    static_assert(tile_columns <= widest_strip && tile_rows <= widest_strip);

    [[gnu::always_inline]] static void run(Strided<T> a, Strided<T> b, std::int64_t rows,
                                           std::int64_t columns, std::int64_t inner, T* y,
                                           std::int64_t stride, T* packed_a, T* packed_b) {
      for (std::int64_t column = 0; column < columns; column += column_block)
        for (std::int64_t k = 0; k < inner; k += inner_block) {
          const auto width = std::min(column_block, columns - column),
                     depth = std::min(inner_block, inner - k);
          pack<tile_columns>(b.from(k, column).transposed(), width, depth, packed_b);
          for (std::int64_t row = 0; row < rows; row += row_block) {
            const auto height = std::min(row_block, rows - row);
            pack<tile_rows>(a.from(row, k), height, depth, packed_a);
            add_block(packed_a, packed_b, height, width, depth, y + row * stride + column, stride);
          }
        }
    }

    /// Strips of `width` lines, interleaved as the innermost loop reads them; lines that are missing are 0.
    template <std::int64_t width>
    [[gnu::always_inline]] static void pack(Strided<T> lines, std::int64_t count, std::int64_t depth, T* to) {
      for (std::int64_t line = 0; line < count; line += width) {
        const auto* from = lines.first + line * lines.row_step;
        const auto present = std::min(width, count - line);
        if (present < width) std::fill_n(to, width * depth, T{0});
        if (lines.row_step == 1 && present == width)
          for (std::int64_t k = 0; k < depth; ++k)
            std::memcpy(to + k * width, from + k * lines.column_step, width * sizeof(T));
        else
          for (std::int64_t i = 0; i < present; ++i)
            for (std::int64_t k = 0; k < depth; ++k)
              to[k * width + i] = from[i * lines.row_step + k * lines.column_step];
        to += width * depth;
      }
    }

    [[gnu::always_inline]] static void add_block(const T* a, const T* b, std::int64_t rows,
                                                 std::int64_t columns, std::int64_t inner, T* y,
                                                 std::int64_t stride) {
      for (std::int64_t column = 0; column < columns; column += tile_columns)
        for (std::int64_t row = 0; row < rows; row += tile_rows)
          add_tile(a + row * inner, b + column * inner, inner, y + row * stride + column, stride,
                   std::min<std::int64_t>(tile_rows, rows - row), std::min(tile_columns, columns - column));
    }

    [[gnu::always_inline]] static void add_tile(const T* a, const T* b, std::int64_t inner, T* y,
                                                std::int64_t stride, std::int64_t rows,
                                                std::int64_t columns) {
      V sums[tile_rows][tile_vectors] = {};
      for (std::int64_t k = 0; k < inner; ++k, a += tile_rows, b += tile_columns) {
        V numbers[tile_vectors];
        for (int j = 0; j < tile_vectors; ++j) load(numbers[j], b + j * lanes<T, bytes>);
        for (int i = 0; i < tile_rows; ++i)
          for (int j = 0; j < tile_vectors; ++j) sums[i][j] += numbers[j] * a[i];
      }
      if (rows == tile_rows && columns == tile_columns) {
        for (int i = 0; i < tile_rows; ++i)
          for (int j = 0; j < tile_vectors; ++j) {
            V total;
            load(total, y + i * stride + j * lanes<T, bytes>);
            total += sums[i][j];
            store(total, y + i * stride + j * lanes<T, bytes>);
          }
      } else {
        T numbers[tile_rows * tile_columns];
        std::memcpy(numbers, sums, sizeof numbers);
        for (std::int64_t i = 0; i < rows; ++i)
          for (std::int64_t j = 0; j < columns; ++j)
            y[i * stride + j] = static_cast<T>(y[i * stride + j] + numbers[i * tile_columns + j]);
      }
    }
  };
};

/// Numbers in a block of so many lines, with the last strip filled up.
std::int64_t room(std::int64_t lines, std::int64_t most, std::int64_t inner) {
  return (std::min(lines, most) + widest_strip) * std::min(inner, inner_block);
}

}  // namespace

template <Number T>
BlockedMethod<T>::BlockedMethod(const MatrixProduct& product, std::span<const Tile> tiles, std::int64_t slots)
    : product_{product}, tiles_{tiles.begin(), tiles.end()} {
  // The first tile is the largest.
  for (std::int64_t slot = 0; slot < slots; ++slot) {
    packed_a_.push_back(
        Array::uninitialized({dtype_of<T>(), {room(tiles[0].rows, row_block, product.inner)}}));
    packed_b_.push_back(
        Array::uninitialized({dtype_of<T>(), {room(tiles[0].columns, column_block, product.inner)}}));
  }
}

template <Number T>
void BlockedMethod<T>::compute(std::int64_t slot, std::size_t tile, const T* a, const T* b, const T* bias,
                               T* y) const {
  using W = typename Wrapping<T>::type;
  const auto [row, column, rows, columns] = tiles_[tile];
  const auto inner = product_.inner, stride = product_.columns;
  auto* result = y + row * stride + column;
  for (std::int64_t i = 0; i < rows; ++i)
    if (bias)
      std::copy_n(bias + column, columns, result + i * stride);
    else
      std::fill_n(result + i * stride, columns, T{0});

  const auto* left = reinterpret_cast<const W*>(a);
  const auto* right = reinterpret_cast<const W*>(b);
  const auto matrix_a =
      product_.transpose_a ? Strided<W>{left, 1, product_.rows} : Strided<W>{left, inner, 1};
  const auto matrix_b = product_.transpose_b ? Strided<W>{right, 1, inner} : Strided<W>{right, stride, 1};
  const auto place = static_cast<std::size_t>(slot);
  run_on_widest_vectors<BlockedProduct<W>::template Loop>(
      matrix_a.from(row, 0), matrix_b.from(0, column), rows, columns, inner, reinterpret_cast<W*>(result),
      stride, reinterpret_cast<W*>(packed_a_[place].bytes()), reinterpret_cast<W*>(packed_b_[place].bytes()));
}

template class BlockedMethod<double>;
template class BlockedMethod<std::int32_t>;
template class BlockedMethod<std::int64_t>;
template class BlockedMethod<std::uint8_t>;

}  // namespace retrograph
