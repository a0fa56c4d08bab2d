#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

namespace retrograph::vector_math {

// The functions of <cmath> in a form that the compiler can vectorise for float: no branch, no table, no call.
// Each is within 2 units in the last place of the exact value (see vector_math_test.cpp), with the same
// limits and NaN as in <cmath>. For double they are those of <cmath>.

/// 2^n for -126 <= n <= 127.
inline float power_of_two(std::int32_t n) {
  return std::bit_cast<float>((n + 127) << 23);
}

/// x = n ln 2 + rest, with |rest| <= ln 2 / 2. For |x| < 2^21.
struct Reduced {
  float rest;
  std::int32_t n;

  explicit Reduced(float x) {
    // Added to a number of this size, a float has no digits below 1 left: they are rounded away, and what
    // remains can be read from the bits.
    constexpr float rounder = 0x1.8p23f;
    const auto rounded = x * std::numbers::log2e_v<float> + rounder;
    n = std::bit_cast<std::int32_t>(rounded) - std::bit_cast<std::int32_t>(rounder);
    const auto count = rounded - rounder;
    // ln 2 in two parts: the first has few digits, so that its product with n is exact.
    constexpr float high = 0x1.62ep-1f, low = static_cast<float>(std::numbers::ln2 - 0x1.62ep-1);
    rest = (x - count * high) - count * low;
  }
};

/// (e^r - 1 - r) / r^2 for |r| <= ln 2 / 2, by Taylor's series: the first term left out is below 2^-27 of
/// e^r.
inline float exp_tail(float r) {
  float sum = 1.0f / 5040;
  sum = sum * r + 1.0f / 720;
  sum = sum * r + 1.0f / 120;
  sum = sum * r + 1.0f / 24;
  sum = sum * r + 1.0f / 6;
  return sum * r + 0.5f;
}

inline float exp(float x) {
  // Beyond these, the result is infinite or 0. NaN passes.
  x = x > 89.0f ? 89.0f : x;
  x = x < -104.0f ? -104.0f : x;
  const Reduced reduced{x};
  const auto r = reduced.rest;
  const auto of_rest = r * r * exp_tail(r) + r + 1;
  // In two steps, since 2^n may be beyond the range of float where the result is not.
  const auto half = reduced.n >> 1;
  return of_rest * power_of_two(half) * power_of_two(reduced.n - half);
}

/// e^x - 1, without the loss of digits near 0.
inline float expm1(float x) {
  const auto large = exp(x);
  auto y = x > 60.0f ? 60.0f : x;
  y = y < -60.0f ? -60.0f : y;
  const Reduced reduced{y};
  const auto r = reduced.rest;
  const auto scale = power_of_two(reduced.n);
  const auto small = scale * (r * r * exp_tail(r) + r) + (scale - 1);
  // Where x is 0 or so small that it is the result, its sign stays.
  return x > 60.0f ? large : x == 0 ? x : small;
}

/// For finite x > 0 that is no subnormal number.
inline float log_of_normal(float x) {
  // x = 2^n m with m in [sqrt(1/2), sqrt(2)).
  constexpr std::uint32_t root_bits = 0x3f3504f3;  // of sqrt(1/2)
  const auto offset = std::bit_cast<std::uint32_t>(x) - root_bits;
  const auto n = static_cast<float>(static_cast<std::int32_t>(offset) >> 23);
  const auto m = std::bit_cast<float>((offset & 0x007fffff) + root_bits);
  // ln m = 2 artanh(s) = 2 s (1 + s^2 / 3 + s^4 / 5 + ...) = f - s (f - s^2 (2/3 + 2/5 s^2 + ...)), f = m -
  // 1: written so, the rounding of s touches late digits only.
  const auto f = m - 1;
  const auto s = f / (2 + f), z = s * s;
  float series = 2.0f / 11;
  series = series * z + 2.0f / 9;
  series = series * z + 2.0f / 7;
  series = series * z + 2.0f / 5;
  series = series * z + 2.0f / 3;
  constexpr float high = 0x1.62ep-1f, low = static_cast<float>(std::numbers::ln2 - 0x1.62ep-1);
  return n * high + (f - s * (f - z * series) + n * low);
}

inline float log(float x) {
  constexpr auto infinity = std::numeric_limits<float>::infinity();
  const bool is_subnormal = x < std::numeric_limits<float>::min();
  const auto normal = log_of_normal(is_subnormal ? x * 0x1p23f : x);
  const auto result = is_subnormal ? normal - 23 * std::numbers::ln2_v<float> : normal;
  const auto of_positive = x < infinity ? result : x;  // infinity and NaN pass
  return x > 0 ? of_positive : x == 0 ? -infinity : std::numeric_limits<float>::quiet_NaN();
}

/// ln(1 + x), without the loss of digits near 0.
inline float log1p(float x) {
  const auto sum = 1 + x;
  // What rounding took from the sum, as a part of it: small enough to be its own logarithm.
  const auto lost = (x - (sum - 1)) / sum;
  const auto result = log(sum) + lost;
  // No digits are lost where the sum is 1 (the result is x), 0, negative, infinite or NaN.
  return sum == 1 ? x : sum > 0 && sum < std::numeric_limits<float>::infinity() ? result : log(sum);
}

inline float tanh(float x) {
  const auto a = std::abs(x);
  // 1 - 2 / (e^2a + 1) away from 0; near it, where that would lose digits, a polynomial in a^2 that was
  // fitted to (tanh(a) / a - 1) / a^2.
  const auto far = 1 - 2 / (exp(2 * a) + 1);
  const auto z = a * a;
  float series = 0.00229274472f;
  series = series * z + -0.00834394541f;
  series = series * z + 0.0217689186f;
  series = series * z + -0.0539592596f;
  series = series * z + 0.133333036f;
  series = series * z + -0.333333332f;
  const auto near = a + a * z * series;
  return std::copysign(a < 0.625f ? near : far, x);
}

inline double exp(double x) {
  return std::exp(x);
}
inline double expm1(double x) {
  return std::expm1(x);
}
inline double log(double x) {
  return std::log(x);
}
inline double log1p(double x) {
  return std::log1p(x);
}
inline double tanh(double x) {
  return std::tanh(x);
}

}  // namespace retrograph::vector_math
