#pragma once

#include <retrograph/graph/array.hpp>

#include <numeric>

namespace retrograph::test {

/// 0, 1, 2, ... in float32, rows first: numbers that tell where they came from.
inline Array counted(Extents extents) {
  Array array{std::move(extents)};
  auto values = array.values<float>();
  std::iota(values.begin(), values.end(), 0.0f);
  return array;
}

}  // namespace retrograph::test
