#pragma once

#include <cstdint>
#include <cstring>

// This folder's loops are compiled once for each width of vector, each time in a namespace of its own.
#ifndef BY_HAND_LANES
#error "define BY_HAND_LANES and BY_HAND_NAMESPACE first"
#endif

namespace BY_HAND_NAMESPACE {

inline constexpr int lanes = BY_HAND_LANES;  // floats in a register
using Vector [[gnu::vector_size(lanes * sizeof(float))]] = float;
using Integers [[gnu::vector_size(lanes * sizeof(float))]] = std::int32_t;

[[gnu::always_inline]] inline Vector load(const float* from) {
  Vector vector;
  std::memcpy(&vector, from, sizeof vector);
  return vector;
}

[[gnu::always_inline]] inline void store(Vector vector, float* to) {
  std::memcpy(to, &vector, sizeof vector);
}

[[gnu::always_inline]] inline Vector broadcast(float number) {
  return number - Vector{};
}

[[gnu::always_inline]] inline Vector maximum(Vector a, Vector b) {
  return a > b ? a : b;
}

[[gnu::always_inline]] inline Vector minimum(Vector a, Vector b) {
  return a < b ? a : b;
}

/// e^x to about one unit in the last place, for x in [-87, 88]; what is outside is taken as the nearer end.
///
///     e^x = 2^n e^r,  n = round(x / ln 2),  |r| <= ln(2) / 2, and a polynomial of degree 6 for e^r
[[gnu::always_inline]] inline Vector exponential(Vector x) {
  x = minimum(maximum(x, broadcast(-87.0f)), broadcast(88.0f));
  constexpr float round = 12582912.0f;  // 1.5 * 2^23: numbers of this size are integers
  const Vector shifted = x * 1.44269504f + round;
  const Vector n = shifted - round;
  const Vector r = x - n * 0.693359375f + n * 2.12194440e-4f;  // ln 2 in two parts
  Vector series = broadcast(1.9875691500e-4f);
  series = series * r + 1.3981999507e-3f;
  series = series * r + 8.3334519073e-3f;
  series = series * r + 4.1665795894e-2f;
  series = series * r + 1.6666665459e-1f;
  series = series * r + 5.0000001201e-1f;
  series = series * (r * r) + r + 1.0f;
  const Integers exponent = (__builtin_convertvector(n, Integers) + 127) << 23;
  Vector power;
  std::memcpy(&power, &exponent, sizeof power);
  return series * power;
}

[[gnu::always_inline]] inline Vector logistic(Vector x) {
  return 1.0f / (1.0f + exponential(-x));
}

}  // namespace BY_HAND_NAMESPACE
