#include <retrograph/ops/kernels/vector_math.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <limits>

using namespace retrograph;

namespace {

constexpr auto infinity = std::numeric_limits<float>::infinity();
constexpr auto not_a_number = std::numeric_limits<float>::quiet_NaN();

using Fast = float (*)(float);
using Exact = double (*)(double);

/// How far a result is from the exact one, in units of the last place of a float of that size.
double distance(float result, double exact) {
  int exponent = 0;
  std::frexp(exact, &exponent);
  const auto unit = std::ldexp(1.0, std::max(exponent - 24, -149));  // of subnormal numbers all the same
  return std::abs(result - exact) / unit;
}

/// Over floats of all magnitudes: their bits, in steps of a prime number.
double largest_distance(Fast fast, Exact exact) {
  double largest = 0;
  for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += 4099) {
    const auto x = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    const auto expected = exact(static_cast<double>(x));
    const auto rounded = static_cast<float>(expected);
    if (std::isnan(expected)) {
      if (!std::isnan(fast(x))) return infinity;
    } else if (std::isinf(rounded)) {
      if (fast(x) != rounded) return infinity;
    } else {
      largest = std::max(largest, distance(fast(x), expected));
    }
  }
  return largest;
}

}  // namespace

TEST_CASE("The vector functions of float are within 2 units in the last place at all magnitudes") {
  CHECK(largest_distance(vector_math::exp, std::exp) <= 2);
  CHECK(largest_distance(vector_math::expm1, std::expm1) <= 2);
  CHECK(largest_distance(vector_math::log, std::log) <= 2);
  CHECK(largest_distance(vector_math::log1p, std::log1p) <= 2);
  CHECK(largest_distance(vector_math::tanh, std::tanh) <= 2);
}

TEST_CASE("The vector functions of float have the limits of the exact ones") {
  CHECK(vector_math::exp(0.0f) == 1);
  CHECK(vector_math::exp(infinity) == infinity);
  CHECK(vector_math::exp(-infinity) == 0);
  CHECK(vector_math::exp(88.8f) == infinity);
  CHECK(vector_math::exp(-104.0f) == 0);
  CHECK(vector_math::exp(-103.0f) == std::numeric_limits<float>::denorm_min());
  CHECK(vector_math::expm1(infinity) == infinity);
  CHECK(vector_math::expm1(-infinity) == -1);
  CHECK(std::signbit(vector_math::expm1(-0.0f)));
  CHECK(vector_math::log(1.0f) == 0);
  CHECK(vector_math::log(0.0f) == -infinity);
  CHECK(vector_math::log(-0.0f) == -infinity);
  CHECK(vector_math::log(infinity) == infinity);
  CHECK(std::isnan(vector_math::log(-1.0f)));
  CHECK(vector_math::log1p(-1.0f) == -infinity);
  CHECK(vector_math::log1p(infinity) == infinity);
  CHECK(std::isnan(vector_math::log1p(-2.0f)));
  CHECK(std::signbit(vector_math::log1p(-0.0f)));
  CHECK(vector_math::tanh(infinity) == 1);
  CHECK(vector_math::tanh(-infinity) == -1);
  CHECK(std::signbit(vector_math::tanh(-0.0f)));
  for (const Fast function : {Fast{vector_math::exp}, Fast{vector_math::expm1}, Fast{vector_math::log},
                              Fast{vector_math::log1p}, Fast{vector_math::tanh}})
    CHECK(std::isnan(function(not_a_number)));
}
