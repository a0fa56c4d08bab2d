#pragma once

#include <retrograph/ops/kernels/transpose_lines.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace retrograph {

/// A register full of numbers of a size: only moved, never calculated with.
template <std::int64_t Bytes>
struct Register;
template <>
struct Register<1> {
  using type = std::uint8_t __attribute__((vector_size(16)));
};
template <>
struct Register<4> {
  using type = std::uint32_t __attribute__((vector_size(16)));
};
template <>
struct Register<8> {
  using type = std::uint64_t __attribute__((vector_size(16)));
};

/// How many numbers a register holds.
template <std::int64_t Bytes>
inline constexpr std::int64_t block_edge = 16 / Bytes;

/// Transposes a square block, a register wide.
template <std::int64_t Bytes>
void transpose_block(const std::byte* from, std::int64_t from_step, std::byte* to, std::int64_t to_step) {
  using V = typename Register<Bytes>::type;
  constexpr auto count = block_edge<Bytes>;
  V lines[count];
  for (std::int64_t i = 0; i < count; ++i) std::memcpy(&lines[i], from + i * from_step, sizeof(V));
  transpose_lines(lines);
  for (std::int64_t i = 0; i < count; ++i) std::memcpy(to + i * to_step, &lines[i], sizeof(V));
}

/// Writes each of `rows` runs of `columns` numbers as a column; steps are in bytes.
template <std::int64_t Bytes>
void transpose_runs(std::int64_t rows, std::int64_t columns, const std::byte* from, std::int64_t from_step,
                    std::byte* to, std::int64_t to_step) {
  constexpr auto edge = block_edge<Bytes>;
  const auto block_rows = rows / edge * edge, block_columns = columns / edge * edge;
  for (std::int64_t row = 0; row < block_rows; row += edge)
    for (std::int64_t column = 0; column < block_columns; column += edge)
      transpose_block<Bytes>(from + row * from_step + column * Bytes, from_step,
                             to + column * to_step + row * Bytes, to_step);
  for (std::int64_t column = 0; column < columns; ++column)
    for (auto row = column < block_columns ? block_rows : 0; row < rows; ++row)
      std::memcpy(to + column * to_step + row * Bytes, from + row * from_step + column * Bytes, Bytes);
}

/// Likewise, with steps in numbers.
template <class T>
void transpose_runs(std::int64_t rows, std::int64_t columns, const T* from, std::int64_t from_step, T* to,
                    std::int64_t to_step) {
  constexpr auto bytes = static_cast<std::int64_t>(sizeof(T));
  transpose_runs<bytes>(rows, columns, reinterpret_cast<const std::byte*>(from), from_step * bytes,
                        reinterpret_cast<std::byte*>(to), to_step * bytes);
}

}  // namespace retrograph
