#include <retrograph/graph/graph.hpp>
#include <retrograph/graph/state.hpp>
#include <retrograph/models/initializers.hpp>

#include "support/matchers.hpp"

#include <algorithm>
#include <cmath>

using namespace retrograph;
using namespace retrograph::test;

namespace {

Array made(const Initializer& initializer, Extents extents, DType dtype = DType::float64,
           std::string_view name = "weight") {
  return initializer({dtype, std::move(extents)}, RandomStream{1, name});
}

struct Moments {
  double mean, variance, low, high;
};

Moments moments(const Array& array) {
  const auto numbers = array.values<double>();
  const auto count = static_cast<double>(numbers.size());
  Moments m{0, 0, numbers[0], numbers[0]};
  for (const auto x : numbers) {
    m.mean += x / count;
    m.low = std::min(m.low, x);
    m.high = std::max(m.high, x);
  }
  for (const auto x : numbers) m.variance += (x - m.mean) * (x - m.mean) / count;
  return m;
}

/// The means of n independent numbers scatter by sqrt(variance / n), their variances by less than
/// variance * sqrt(2 / n) (the normal case; less for uniform). Five times that is one case in a million.
void check_moments(const Array& array, double variance) {
  const auto count = static_cast<double>(array.size());
  const auto m = moments(array);
  CHECK(std::abs(m.mean) < 5 * std::sqrt(variance / count));
  CHECK(std::abs(m.variance - variance) < 5 * variance * std::sqrt(2 / count));
}

}  // namespace

TEST_CASE("zeros and constant fill, in the dtype asked for") {
  CHECK_THAT(made(zeros(), {2, 2}, DType::float32), equals(Array::of<float>({2, 2}, {0, 0, 0, 0})));
  CHECK_THAT(made(zeros(), {}, DType::int64), equals(Array::scalar<std::int64_t>(0)));
  CHECK_THAT(made(constant(0.25), {3}), equals(Array::of<double>({3}, {0.25, 0.25, 0.25})));
}

TEST_CASE("uniform covers its range evenly, low included and high not") {
  const auto array = made(uniform(2, 6), {100, 100});
  const auto m = moments(array);
  CHECK(m.low >= 2);
  CHECK(m.low < 2.01);
  CHECK(m.high < 6);
  CHECK(m.high > 5.99);
  CHECK(std::abs(m.mean - 4) < 5 * std::sqrt(16 / 12.0 / 10000));
}

TEST_CASE("uniform never reaches high, though rounding to float32 would") {
  // One in 2^25 doubles of [0, 1) rounds to 1 as a float; near 2^24, where floats are 1 apart, half of all
  // do.
  const auto high = std::ldexp(1.0, 24);
  const auto array = made(uniform(high - 1, high), {1000}, DType::float32);
  for (const auto x : array.values<float>()) REQUIRE(x == static_cast<float>(high - 1));
}

TEST_CASE("he initialisers have variance 2 / inputs") {
  check_moments(made(he_normal(), {50, 400}), 2.0 / 50);
  check_moments(made(he_uniform(), {50, 400}), 2.0 / 50);
  const auto m = moments(made(he_uniform(), {50, 400}));
  CHECK(m.low >= -std::sqrt(6.0 / 50));
  CHECK(m.high < std::sqrt(6.0 / 50));
  CHECK(m.high > 0.99 * std::sqrt(6.0 / 50));
}

TEST_CASE("xavier initialisers have variance 2 / (inputs + outputs)") {
  check_moments(made(xavier_normal(), {50, 400}), 2.0 / 450);
  check_moments(made(xavier_uniform(), {50, 400}), 2.0 / 450);
  const auto m = moments(made(xavier_uniform(), {50, 400}));
  CHECK(m.low >= -std::sqrt(6.0 / 450));
  CHECK(m.high < std::sqrt(6.0 / 450));
  CHECK(m.high > 0.99 * std::sqrt(6.0 / 450));
}

TEST_CASE("of a convolution's weight he and xavier count the numbers of its kernel") {
  check_moments(made(he_normal(), {40, 10, 5, 5}), 2.0 / 250);
  check_moments(made(xavier_normal(), {40, 10, 5, 5}), 2.0 / 1250);
}

TEST_CASE("a number of an initialiser depends on seed, name and place alone") {
  for (const auto& initializer : {he_normal(), he_uniform(), xavier_normal(), xavier_uniform()}) {
    CHECK(made(initializer, {8, 8}) == made(initializer, {8, 8}));
    CHECK_FALSE(made(initializer, {8, 8}) == made(initializer, {8, 8}, DType::float64, "other"));
  }
  const auto few = made(uniform(0, 1), {4}), many = made(uniform(0, 1), {9});
  for (std::int64_t index = 0; index < 4; ++index) CHECK(few.at(index) == many.at(index));
  CHECK_THAT(made(uniform(0, 1), {4}, DType::float32), equals(few.cast(DType::float32)));
}

TEST_CASE("parameters start the same whatever else the graph has") {
  Graph alone, crowded;
  const auto one = alone.parameter("weight", {3, 4}, he_normal());
  crowded.parameter("another", {5, 5}, he_normal());
  const auto two = crowded.parameter("weight", {3, 4}, he_normal());
  CHECK(initial_state(alone, 7)[one] == initial_state(crowded, 7)[two]);
  CHECK_FALSE(initial_state(alone, 7)[one] == initial_state(alone, 8)[one]);
}

TEST_CASE("an initialiser of an empty parameter makes nothing") {
  CHECK(made(he_normal(), {0, 4}).size() == 0);
  CHECK(made(xavier_uniform(), {0, 0}).size() == 0);
}

TEST_CASE("initialisers refuse what they cannot fill") {
  CHECK_REFUSED(
      ShapeError, made(he_uniform(), {7}),
      "he_uniform is for weights [inputs, outputs] or [filters, channels, height, width], not for [7]");
  CHECK_REFUSED(ShapeError, made(xavier_normal(), {}), "take zeros, constant or uniform");
  CHECK_REFUSED(GraphError, uniform(1, 0), "uniform: [1, 0) is no range");
  CHECK_REFUSED(GraphError, uniform(0, INFINITY), "is no range");
  CHECK_REFUSED(GraphError, constant(NAN), "constant: nan is not finite");
}
