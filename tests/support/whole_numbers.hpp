#pragma once

#include <retrograph/graph/array.hpp>

namespace retrograph::test {

/// Whole numbers from -3 to 3 without a pattern: their sums, also with factors that are powers of 2, are
/// exact in every dtype and order, so that results can be compared exactly.
inline Array whole_numbers(Extents extents, DType dtype, std::uint32_t seed) {
  Array array{std::move(extents), DType::int64};
  for (auto& number : array.values<std::int64_t>()) {
    seed = seed * 1664525u + 1013904223u;
    number = static_cast<std::int64_t>(seed >> 16) % 7 - 3;
  }
  return array.cast(dtype);
}

}  // namespace retrograph::test
