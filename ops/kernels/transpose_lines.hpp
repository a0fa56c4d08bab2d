#pragma once

#include <cstddef>
#include <utility>

namespace retrograph {

/// a[first], b[first], a[first + 1], b[first + 1], ... until a vector is full.
template <int first, class V, int... I>
[[gnu::always_inline]] inline void interleave(const V& a, const V& b, V& mixed,
                                              std::integer_sequence<int, I...>) {
  mixed = __builtin_shufflevector(a, b, (first + I / 2 + I % 2 * static_cast<int>(sizeof...(I)))...);
}

/// Of n vectors of n numbers. Interleaving line i with line i + n/2 moves each number one bit of its place
/// nearer to where it belongs: log2(n) rounds of it transpose the lines.
template <class V, std::size_t n>
[[gnu::always_inline]] inline void transpose_lines(V (&lines)[n]) {
  constexpr std::make_integer_sequence<int, static_cast<int>(n)> places;
  for (std::size_t round = 1; round < n; round *= 2) {
    V mixed[n];
    for (std::size_t i = 0; i < n / 2; ++i) {
      interleave<0>(lines[i], lines[i + n / 2], mixed[2 * i], places);
      interleave<static_cast<int>(n / 2)>(lines[i], lines[i + n / 2], mixed[2 * i + 1], places);
    }
    for (std::size_t i = 0; i < n; ++i) lines[i] = mixed[i];
  }
}

}  // namespace retrograph
