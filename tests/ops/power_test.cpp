#include <retrograph/autograd/check_gradient.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/catalogue.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/power.hpp>
#include <retrograph/ops/where.hpp>

#include "support/elementwise.hpp"
#include "support/matchers.hpp"

#include <cmath>
#include <limits>

using namespace retrograph;
using namespace retrograph::test;

namespace {

const UnaryFunction sqrt_of = [](const Tensor& x) { return sqrt(x); };
const UnaryFunction rsqrt_of = [](const Tensor& x) { return rsqrt(x); };
const UnaryFunction square_of = [](const Tensor& x) { return square(x); };
const UnaryFunction reciprocal_of = [](const Tensor& x) { return reciprocal(x); };
const BinaryFunction power_of = [](const Tensor& a, const Tensor& b) { return pow(a, b); };

}  // namespace

TEST_CASE("powers and roots have their values and gradients, in float64 and float32") {
  for (const auto dtype : float_dtypes) {
    INFO(to_string(dtype));
    const auto check = [&](const UnaryFunction& f, const Array& values, const Array& derivatives) {
      const auto x = row({0.25, 4}, dtype);
      CHECK_THAT(value_at(f, x), equals(values.cast(dtype)));
      CHECK_THAT(gradient_at(f, x), equals(derivatives.cast(dtype)));
    };
    check(sqrt_of, row({0.5, 2}), row({1, 0.25}));
    check(rsqrt_of, row({2, 0.5}), row({-4, -0.0625}));
    check(square_of, row({0.0625, 16}), row({0.5, 8}));
    check(reciprocal_of, row({4, 0.25}), row({-16, -0.0625}));
    check([](const Tensor& x) { return pow(x, 1.5); }, row({0.125, 8}), row({0.75, 3}));
    check([](const Tensor& x) { return pow(x, -1); }, row({4, 0.25}), row({-16, -0.0625}));
  }
}

TEST_CASE("pow takes a base or an exponent that is a number, and repeats a row over a column") {
  CHECK_THAT(value_at([](const Tensor& x) { return pow(2, x); }, row({-1, 0, 3})), equals(row({0.5, 1, 8})));
  CHECK_THAT(value_at(power_of, Array::of<double>({2, 1}, {2, 3}), row({1, 2})),
             equals(Array::of<double>({2, 2}, {2, 4, 3, 9})));
}

TEST_CASE("the gradients of pow are right at exponents of 0 and bases of 0 and below") {
  const auto gradients =
      gradients_at(power_of, row({0, 0, 0, 0, -2, -2, 2, 3}), row({0, 1, 2, 0.5, 3, 0, 0, 2}));
  CHECK_THAT(gradients[0], equals(row({0, 1, 0, infinity, 12, 0, 0, 6})));
  // ln(3) * 9, by a library's function; 0 where the base is not above 0.
  CHECK_THAT(gradients[1], equals(row({0, 0, 0, 0, 0, 0, std::log(2.0), 9 * std::log(3.0)})).within(1_ulp));
}

TEST_CASE("the gradient of pow's exponent is 0, not NaN, where the power of 0 is infinite") {
  const auto gradients = gradients_at(power_of, row({0}), row({-1}));
  CHECK_THAT(gradients[1], equals(row({0})));
}

TEST_CASE("the second derivative of x^2 and x^1 at 0 is 2 and 0") {
  const auto slope_of = [](double exponent) {
    return [exponent](const Tensor& x) { return gradient(sum(pow(x, exponent)), x); };
  };
  CHECK_THAT(gradient_at(slope_of(2), row({0, -3})), equals(row({2, 2})));
  CHECK_THAT(gradient_at(slope_of(1), row({0, -3})), equals(row({0, 0})));
  CHECK_THAT(gradient_at(slope_of(0), row({0, -3})), equals(row({0, 0})));
}

TEST_CASE("pow proves its derivatives for exponents below 0, and of a negative base to a whole exponent") {
  const auto power = [](std::span<const Tensor> x) { return pow(x[0], x[1]); };
  const std::vector<Array> below{sample_numbers({2, 3}, 0.5, 2), sample_numbers({3}, -2, -0.5)};
  const auto cube = [](std::span<const Tensor> x) { return pow(x[0], -3); };
  const std::vector<Array> negative{sample_numbers({4}, -2, -1)};
  for (const int order : {1, 2}) {
    CHECK_NOTHROW(check_gradient(power, below, {.order = order}));
    CHECK_NOTHROW(check_gradient(cube, negative, {.order = order}));
  }
}

TEST_CASE("pow has the limits and NaNs of the C library") {
  CHECK_THAT(value_at(power_of, row({0, not_a_number, 1, -8, 10, 2}),
                      row({-1, 0, not_a_number, 1.0 / 3, 1000, -2000})),
             equals(row({infinity, 1, 1, not_a_number, infinity, 0})));
}

TEST_CASE("integers are raised exactly, and wrap") {
  const auto check = [](std::int64_t base, std::int64_t exponent, std::int64_t power) {
    CHECK_THAT(value_at(power_of, Array::scalar(base), Array::scalar(exponent)),
               equals(Array::scalar(power)));
  };
  check(3, 39, 4052555153018976267);  // a double would round it
  check(-2, 63, std::numeric_limits<std::int64_t>::min());
  check(2, 64, 0);
  check(0, 0, 1);
  check(-1, 1000001, -1);
  CHECK_THAT(value_at(power_of, Array::scalar(std::uint8_t{7}), Array::scalar(std::uint8_t{255})),
             equals(Array::scalar(std::uint8_t{183})));  // 7^255 mod 256
}

TEST_CASE("an integer to a power below 0 is refused, with place and numbers") {
  const auto base = Array::of<std::int32_t>({2, 1}, {2, 3});
  const auto exponent = Array::of<std::int32_t>({2}, {1, -2});
  CHECK_REFUSED(FeedError, value_at(power_of, base, exponent),
                "pow: an integer to a power below 0 at [0, 1]: 2 and -2");
}

TEST_CASE("sqrt is infinitely steep at 0, but a root that is not chosen has a gradient of 0 there") {
  CHECK_THAT(value_at(sqrt_of, row({0, infinity, -1, not_a_number})),
             equals(row({0, infinity, not_a_number, not_a_number})));
  CHECK_THAT(gradient_at(sqrt_of, row({0, infinity})), equals(row({infinity, 0})));
  const auto guarded = [](const Tensor& x) { return where(x > 0, sqrt(x), 0); };
  CHECK_THAT(gradient_at(guarded, row({0, 4})), equals(row({0, 0.25})));
  const auto slope = [&](const Tensor& x) { return gradient(sum(guarded(x)), x); };
  CHECK_THAT(gradient_at(slope, row({0, 4})), equals(row({0, -0.03125})));
}

TEST_CASE("rsqrt and reciprocal are infinite at 0, and 0 at infinity") {
  CHECK_THAT(value_at(rsqrt_of, row({0, infinity, -1, not_a_number})),
             equals(row({infinity, 0, not_a_number, not_a_number})));
  CHECK_THAT(value_at(reciprocal_of, row({0, -0.0, infinity, not_a_number})),
             equals(row({infinity, -infinity, 0, not_a_number})));
  CHECK_THAT(gradient_at(reciprocal_of, row({0, infinity})), equals(row({-infinity, 0})));
  const auto guarded = [](const Tensor& x) { return where(x > 0, rsqrt(x) + reciprocal(x), 0); };
  CHECK_THAT(gradient_at(guarded, row({0, 4})), equals(row({0, -0.125})));
}

TEST_CASE("square takes integers, which wrap") {
  CHECK_THAT(value_at(square_of, Array::of<std::int32_t>({3}, {-3, 46341, 65536})),
             equals(Array::of<std::int32_t>({3}, {9, -2147479015, 0})));
}

TEST_CASE("sqrt refuses integers") {
  Graph graph;
  CHECK_REFUSED(TypeError, sqrt(graph.input("x", {3}, DType::int32)), "sqrt: is not defined for int32");
}
