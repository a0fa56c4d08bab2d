#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/catalogue.hpp>

#include "support/elementwise.hpp"
#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// A function with its values and derivatives at -2, -1/2, 1/2 and 2, calculated with 40 digits.
struct Table {
  std::string name;
  UnaryFunction f;
  Array values, derivatives;
};

const Array points = row({-2, -0.5, 0.5, 2});

std::vector<Table> tables() {
  return {{"relu", [](const Tensor& x) { return relu(x); }, row({0, 0, 0.5, 2}), row({0, 0, 1, 1})},
          {"leaky_relu", [](const Tensor& x) { return leaky_relu(x, 0.25); }, row({-0.5, -0.125, 0.5, 2}),
           row({0.25, 0.25, 1, 1})},
          {"elu", [](const Tensor& x) { return elu(x); },
           row({-0.864664716763387308, -0.393469340287366576, 0.5, 2}),
           row({0.135335283236612692, 0.606530659712633424, 1, 1})},
          {"gelu", [](const Tensor& x) { return gelu(x); },
           row({-0.0455002638963584144, -0.154268769362993448, 0.345731230637006552, 1.95449973610364159}),
           row({-0.0852318010781968967, 0.132504875343837157, 0.867495124656162843, 1.0852318010781969})},
          {"sigmoid", [](const Tensor& x) { return sigmoid(x); },
           row({0.119202922022117556, 0.377540668798145435, 0.622459331201854565, 0.880797077977882444}),
           row({0.104993585403506517, 0.235003712201594489, 0.235003712201594489, 0.104993585403506517})},
          {"tanh", [](const Tensor& x) { return tanh(x); },
           row({-0.964027580075816884, -0.462117157260009759, 0.462117157260009759, 0.964027580075816884}),
           row({0.0706508248531644657, 0.78644773296592741, 0.78644773296592741, 0.0706508248531644657})},
          {"softplus", [](const Tensor& x) { return softplus(x); },
           row({0.126928011042972496, 0.474076984180106681, 0.974076984180106681, 2.1269280110429725}),
           row({0.119202922022117556, 0.377540668798145435, 0.622459331201854565, 0.880797077977882444})},
          {"erf", [](const Tensor& x) { return erf(x); },
           row({-0.995322265018952734, -0.520499877813046538, 0.520499877813046538, 0.995322265018952734}),
           row({0.0206669853540920539, 0.878782578935444794, 0.878782578935444794, 0.0206669853540920539})}};
}

}  // namespace

TEST_CASE("activations have the values and gradients of their formulas, in float64 and float32") {
  for (const auto dtype : float_dtypes)
    for (const auto& [name, f, values, derivatives] : tables()) {
      INFO(name << ' ' << to_string(dtype));
      // A library function, good to 1 ulp, and at most two roundings more.
      CHECK_THAT(value_at(f, points.cast(dtype)), equals(values.cast(dtype)).within(3_ulp));
      // 1 - y, where y is near 1, enlarges the error of y by y / (1 - y): 27 for tanh(2) = 0.964. The squares
      // in the exponents of gelu's and erf's densities enlarge theirs by 4.
      CHECK_THAT(gradient_at(f, points.cast(dtype)), equals(derivatives.cast(dtype)).within(32_ulp));
    }
}

TEST_CASE(
    "activations neither overflow nor lose their way at 1000 and -1000, nor do two of their derivatives") {
  struct Extreme {
    UnaryFunction f;
    Array values, derivatives;
  };
  const auto at = row({-1000, 1000});
  const std::vector<std::pair<std::string, Extreme>> extremes{
      {"relu", {[](const Tensor& x) { return relu(x); }, row({0, 1000}), row({0, 1})}},
      {"leaky_relu", {[](const Tensor& x) { return leaky_relu(x, 0.5); }, row({-500, 1000}), row({0.5, 1})}},
      {"elu", {[](const Tensor& x) { return elu(x, 2); }, row({-2, 1000}), row({0, 1})}},
      {"gelu", {[](const Tensor& x) { return gelu(x); }, row({0, 1000}), row({0, 1})}},
      {"sigmoid", {[](const Tensor& x) { return sigmoid(x); }, row({0, 1}), row({0, 0})}},
      {"tanh", {[](const Tensor& x) { return tanh(x); }, row({-1, 1}), row({0, 0})}},
      {"softplus", {[](const Tensor& x) { return softplus(x); }, row({0, 1000}), row({0, 1})}},
      {"erf", {[](const Tensor& x) { return erf(x); }, row({-1, 1}), row({0, 0})}}};
  for (const auto dtype : float_dtypes)
    for (const auto& [name, extreme] : extremes) {
      INFO(name << ' ' << to_string(dtype));
      CHECK_THAT(value_at(extreme.f, at.cast(dtype)), equals(extreme.values.cast(dtype)));
      CHECK_THAT(gradient_at(extreme.f, at.cast(dtype)), equals(extreme.derivatives.cast(dtype)));
      const auto& f = extreme.f;
      const auto derivative = [&f](const Tensor& x) { return gradient(sum(f(x)), x); };
      if (name != "leaky_relu")  // of which the second derivative does not depend on x
        CHECK_THAT(gradient_at(derivative, at.cast(dtype)), equals(row({0, 0}, dtype)));
    }
}

TEST_CASE("activations have their limits at infinity and hand a NaN on") {
  const auto at = row({-infinity, infinity, not_a_number});
  const auto check = [&](const UnaryFunction& f, double low, double high) {
    CHECK_THAT(value_at(f, at), equals(row({low, high, not_a_number})));
  };
  check([](const Tensor& x) { return relu(x); }, 0, infinity);
  check([](const Tensor& x) { return leaky_relu(x); }, -infinity, infinity);
  check([](const Tensor& x) { return elu(x, 2); }, -2, infinity);
  check([](const Tensor& x) { return gelu(x); }, 0, infinity);
  check([](const Tensor& x) { return sigmoid(x); }, 0, 1);
  check([](const Tensor& x) { return tanh(x); }, -1, 1);
  check([](const Tensor& x) { return softplus(x); }, 0, infinity);
  check([](const Tensor& x) { return erf(x); }, -1, 1);
  CHECK_THAT(gradient_at([](const Tensor& x) { return gelu(x); }, at), equals(row({0, 1, not_a_number})));
  CHECK_THAT(gradient_at([](const Tensor& x) { return relu(x); }, at), equals(row({0, 1, 1})));
}

TEST_CASE("small values far to the left keep their digits") {
  const auto ulps = 4_ulp;  // the exponent is large: its rounding is enlarged
  CHECK_THAT(value_at([](const Tensor& x) { return sigmoid(x); }, row({-40})),
             equals(row({4.24835425529158898e-18})).within(ulps));
  CHECK_THAT(value_at([](const Tensor& x) { return softplus(x); }, row({-40})),
             equals(row({4.24835425529158899e-18})).within(ulps));
  // erfc near its underflow: x^2 / 2 = 50 has an error of 50 ulp.
  CHECK_THAT(value_at([](const Tensor& x) { return gelu(x); }, row({-10})),
             equals(row({-7.61985302416052607e-23})).within(64_ulp));
}

TEST_CASE("relu is 0 at 0, with a gradient of 0, also of the gradient") {
  const auto f = [](const Tensor& x) { return relu(x); };
  const auto at = row({-0.0, 0.0});
  CHECK_THAT(value_at(f, at), equals(row({0, 0})));
  CHECK_THAT(gradient_at(f, at), equals(row({0, 0})));
  CHECK_THAT(gradient_at([&](const Tensor& x) { return gradient(sum(f(x)), x); }, at), equals(row({0, 0})));
}

TEST_CASE("relu takes integers") {
  const auto f = [](const Tensor& x) { return relu(x); };
  CHECK_THAT(value_at(f, Array::of<std::int32_t>({3}, {-7, 0, 7})),
             equals(Array::of<std::int32_t>({3}, {0, 0, 7})));
}

TEST_CASE("activations of nothing are nothing") {
  const Array nothing{{0, 3}, DType::float64};
  for (const auto& table : tables()) {
    INFO(table.name);
    CHECK_THAT(value_at(table.f, nothing), equals(nothing));
    CHECK_THAT(gradient_at(table.f, nothing), equals(nothing));
  }
}

TEST_CASE("leaky_relu and elu with other attributes are other ops") {
  Graph graph;
  const auto x = graph.input("x", {1}, DType::float64);
  // Equal nodes are merged: these must not be.
  Executable executable{graph, {.outputs = {leaky_relu(x, 0.5), leaky_relu(x, 0.25), elu(x, 2), elu(x, 4)}}};
  const auto results = executable.run(x.feed(row({-1000})));
  CHECK(results.at(0).at(0) == -500);
  CHECK(results.at(1).at(0) == -250);
  CHECK(results.at(2).at(0) == -2);
  CHECK(results.at(3).at(0) == -4);
}

TEST_CASE("sigmoid refuses integers and says what to do") {
  Graph graph;
  const auto x = graph.input("x", {3}, DType::int32);
  CHECK_REFUSED(TypeError, sigmoid(x), "sigmoid: is not defined for int32");
  CHECK_REFUSED(TypeError, sigmoid(x), "x [3] int32");
  CHECK_REFUSED(TypeError, sigmoid(x), "hint: convert the operand with cast");
}
