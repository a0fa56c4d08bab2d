#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/catalogue.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/exponential.hpp>
#include <retrograph/ops/where.hpp>

#include "support/elementwise.hpp"
#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

const UnaryFunction exp_of = [](const Tensor& x) { return exp(x); };
const UnaryFunction expm1_of = [](const Tensor& x) { return expm1(x); };
const UnaryFunction log_of = [](const Tensor& x) { return log(x); };
const UnaryFunction log1p_of = [](const Tensor& x) { return log1p(x); };

}  // namespace

TEST_CASE("exp, expm1, log and log1p have their values, in float64 and float32") {
  for (const auto dtype : float_dtypes) {
    INFO(to_string(dtype));
    const auto check = [&](const UnaryFunction& f, const Array& x, const Array& y) {
      CHECK_THAT(value_at(f, x.cast(dtype)),
                 equals(y.cast(dtype)).within(1_ulp));  // as good as the library's
    };
    check(exp_of, row({-2, 0, 2}), row({0.135335283236612692, 1, 7.38905609893065023}));
    check(expm1_of, row({-2, 0, 2}), row({-0.864664716763387308, 0, 6.38905609893065023}));
    check(log_of, row({0.5, 1, 2}), row({-0.693147180559945309, 0, 0.693147180559945309}));
    check(log1p_of, row({-0.5, 0, 1}), row({-0.693147180559945309, 0, 0.693147180559945309}));
  }
}

TEST_CASE("the gradients of exp, expm1, log and log1p are those of the formulas") {
  CHECK_THAT(gradient_at(exp_of, row({-2, 0})), equals(row({0.135335283236612692, 1})).within(1_ulp));
  CHECK_THAT(gradient_at(expm1_of, row({-2, 0})), equals(row({0.135335283236612692, 1})).within(1_ulp));
  CHECK_THAT(gradient_at(log_of, row({-2, 0.5, 4})), equals(row({-0.5, 2, 0.25})));
  CHECK_THAT(gradient_at(log1p_of, row({-0.5, 0, 3})), equals(row({2, 1, 0.25})));
}

TEST_CASE("expm1 and log1p keep the digits of small numbers, and expm1's gradient that of large ones") {
  CHECK_THAT(value_at(expm1_of, row({1e-10})), equals(row({1.00000000005000004e-10})).within(1_ulp));
  CHECK_THAT(value_at(log1p_of, row({1e-10})), equals(row({9.99999999950000036e-11})).within(1_ulp));
  CHECK_THAT(gradient_at(expm1_of, row({-40})), equals(row({4.24835425529158899e-18})).within(1_ulp));
}

TEST_CASE("exponentials and logarithms have their limits") {
  CHECK_THAT(value_at(exp_of, row({-1000, 1000, -infinity, infinity, not_a_number})),
             equals(row({0, infinity, 0, infinity, not_a_number})));
  CHECK_THAT(gradient_at(exp_of, row({-1000, 1000})), equals(row({0, infinity})));
  CHECK_THAT(value_at(expm1_of, row({-1000, 1000, not_a_number})), equals(row({-1, infinity, not_a_number})));
  CHECK_THAT(gradient_at(expm1_of, row({-1000, 1000})), equals(row({0, infinity})));
  CHECK_THAT(value_at(log_of, row({0, infinity, -1, not_a_number})),
             equals(row({-infinity, infinity, not_a_number, not_a_number})));
  CHECK_THAT(gradient_at(log_of, row({0, infinity})), equals(row({infinity, 0})));
  CHECK_THAT(value_at(log1p_of, row({-1, infinity, -2, not_a_number})),
             equals(row({-infinity, infinity, not_a_number, not_a_number})));
  CHECK_THAT(gradient_at(log1p_of, row({-1, infinity})), equals(row({infinity, 0})));
}

TEST_CASE("a logarithm of 0 that is not chosen has a gradient of 0, not NaN, and so has its gradient") {
  const auto guarded = [](const Tensor& x) { return where(x > 0, log(x), 0); };
  CHECK_THAT(gradient_at(guarded, row({0, 4})), equals(row({0, 0.25})));
  const auto slope = [&](const Tensor& x) { return gradient(sum(guarded(x)), x); };
  CHECK_THAT(gradient_at(slope, row({0, 4})), equals(row({0, -0.0625})));
  const auto guarded1p = [](const Tensor& x) { return where(x > -1, log1p(x), 0); };
  CHECK_THAT(gradient_at(guarded1p, row({-1, 3})), equals(row({0, 0.25})));
}

TEST_CASE("exp refuses integers") {
  Graph graph;
  const auto x = graph.input("x", {3}, DType::int64);
  CHECK_REFUSED(TypeError, exp(x), "exp: is not defined for int64");
}
