#pragma once

#include "vectors.hpp"

// Products of matrices in tiles that live in registers. The right operand and the result lie in panels: all
// rows of the first `width` columns, then all rows of the next, so that what a tile reads is one stream of
// memory.

namespace BY_HAND_NAMESPACE {

/// Vectors beside each other in a tile, and rows of one: as many sums as registers hold, but for the two
/// vectors of the right operand and a broadcast number of the left.
inline constexpr int tile_vectors = 2;
inline constexpr int tile_rows = lanes == 16 ? 14 : 6;
inline constexpr int width = tile_vectors * lanes;

/// The left operand of a tile: element (row, k) of block b is data[row * row_stride + k * step_stride + b *
/// jump].
template <int row_stride, int step_stride>
struct Left {
  const float* data;
  int steps;       // of a block
  int blocks = 1;  // one behind the other along k
  std::int64_t jump = 0;
};

template <int rows, int vectors>
struct Tile {
  Vector sums[rows][vectors];
};

/// sums += left * right.
template <int rows, int vectors, int row_stride, int step_stride>
[[gnu::always_inline]] inline void accumulate(Tile<rows, vectors>& tile, Left<row_stride, step_stride> left,
                                              const float* right) {
  for (int block = 0; block < left.blocks; ++block, left.data += left.jump) {
    const float* a = left.data;
    if constexpr (row_stride == width)  // the rows of the next block lie far away, but one behind the other
#pragma GCC unroll 32
      for (int line = 0; line < rows * width; line += 16) __builtin_prefetch(a + left.jump + line);
    for (int k = 0; k < left.steps; ++k, a += step_stride, right += vectors * lanes) {
      Vector b[vectors];
#pragma GCC unroll 4
      for (int v = 0; v < vectors; ++v) b[v] = load(right + v * lanes);
#pragma GCC unroll 16
      for (int row = 0; row < rows; ++row) {
        Vector factor = broadcast(a[row * row_stride]);
#if defined(__AVX512F__)
        // Held in a register: GCC would broadcast it from memory for each vector again, which is one load too
        // many.
        __asm__("" : "+v"(factor));
#endif
#pragma GCC unroll 4
        for (int v = 0; v < vectors; ++v) tile.sums[row][v] += factor * b[v];
      }
    }
  }
}

/// One tile of a product: every sum starts as `start(row, v)` and goes to `finish(row, v, sum)`.
template <int rows, int vectors, class AnyLeft, class Start, class Finish>
[[gnu::always_inline]] inline void multiply_tile(const AnyLeft& left, const float* right, const Start& start,
                                                 const Finish& finish) {
  Tile<rows, vectors> tile;
#pragma GCC unroll 16
  for (int row = 0; row < rows; ++row)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) tile.sums[row][v] = start(row, v);
  accumulate(tile, left, right);
#pragma GCC unroll 16
  for (int row = 0; row < rows; ++row)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) finish(row, v, tile.sums[row][v]);
}

/// Calls `body.template operator()<rows>(first)` for tiles that cover the rows from `begin` to `end`: full
/// ones, then ones of 8, 4, 2 and 1 rows.
template <int rows, class Body>
[[gnu::always_inline]] inline void for_tiles(int begin, int end, const Body& body) {
  for (; begin + rows <= end; begin += rows) body.template operator()<rows>(begin);
  if constexpr (rows > 1) {
    constexpr int next = rows > 8 ? 8 : rows > 4 ? 4 : rows > 2 ? 2 : 1;
    for_tiles<next>(begin, end, body);
  }
}

}  // namespace BY_HAND_NAMESPACE
