#include <retrograph/ops/catalogue.hpp>
#include <retrograph/ops/trigonometric.hpp>

#include "support/elementwise.hpp"
#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("sin and cos have their values and gradients, in float64 and float32") {
  const UnaryFunction sine = [](const Tensor& x) { return sin(x); };
  const UnaryFunction cosine = [](const Tensor& x) { return cos(x); };
  const auto sines = row({-0.909297426825681695, -0.479425538604203, 0, 0.479425538604203});
  const auto cosines = row({-0.416146836547142387, 0.877582561890372716, 1, 0.877582561890372716});
  const auto minus_sines = row({0.909297426825681695, 0.479425538604203, 0, -0.479425538604203});
  for (const auto dtype : float_dtypes) {
    INFO(to_string(dtype));
    const auto x = row({-2, -0.5, 0, 0.5}, dtype);
    // As good as the library's functions.
    CHECK_THAT(value_at(sine, x), equals(sines.cast(dtype)).within(1_ulp));
    CHECK_THAT(value_at(cosine, x), equals(cosines.cast(dtype)).within(1_ulp));
    CHECK_THAT(gradient_at(sine, x), equals(cosines.cast(dtype)).within(1_ulp));
    CHECK_THAT(gradient_at(cosine, x), equals(minus_sines.cast(dtype)).within(1_ulp));
  }
}

TEST_CASE("sin and cos of infinity are NaN") {
  CHECK_THAT(value_at([](const Tensor& x) { return sin(x); }, row({-infinity, not_a_number})),
             equals(row({not_a_number, not_a_number})));
  CHECK_THAT(value_at([](const Tensor& x) { return cos(x); }, row({-infinity, not_a_number})),
             equals(row({not_a_number, not_a_number})));
}

TEST_CASE("sin refuses integers") {
  Graph graph;
  CHECK_REFUSED(TypeError, sin(graph.input("x", {3}, DType::uint8)), "sin: is not defined for uint8");
}
