#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/cast.hpp>

#include "support/elementwise.hpp"
#include "support/matchers.hpp"

#include <limits>

using namespace retrograph;
using namespace retrograph::test;

namespace {

UnaryFunction cast_to(DType dtype) {
  return [dtype](const Tensor& x) { return cast(x, dtype); };
}

}  // namespace

TEST_CASE("cast keeps a number that both dtypes have, from each to each") {
  const auto numbers = row({0, 1, 1, 0, 1});
  for (const auto from : all_dtypes)
    for (const auto to : all_dtypes) {
      INFO(to_string(from) << " to " << to_string(to));
      CHECK_THAT(value_at(cast_to(to), numbers.cast(from)), equals(numbers.cast(to)));
    }
}

TEST_CASE("cast rounds towards 0 to an integer, and to the nearest float") {
  CHECK_THAT(value_at(cast_to(DType::int32), row({-2.7, -0.5, 0.5, 2.7})),
             equals(Array::of<std::int32_t>({4}, {-2, 0, 0, 2})));
  CHECK_THAT(value_at(cast_to(DType::float32), row({0.1, 1e300})),
             equals(Array::of<float>({2}, {0.1F, std::numeric_limits<float>::infinity()})));
}

TEST_CASE("cast of a float out of an integer's range is the nearest there is, and of NaN 0") {
  const auto check = [&]<class To, class From>(To, From) {
    using Integer = std::numeric_limits<To>;
    using Float = std::numeric_limits<From>;
    const auto x = Array::of<From>(
        {6}, {-Float::infinity(), Float::lowest(), From{-1} * static_cast<From>(Integer::max()),
              static_cast<From>(Integer::max()), Float::infinity(), Float::quiet_NaN()});
    const auto negated = static_cast<To>(Integer::min() == 0 ? 0 : Integer::min());
    const auto y = value_at(cast_to(dtype_of<To>()), x);
    const auto values = y.template values<To>();
    CHECK(values[0] == negated);
    CHECK(values[1] == negated);
    CHECK(values[2] <= negated + 1);
    CHECK(values[3] == Integer::max());
    CHECK(values[4] == Integer::max());
    CHECK(values[5] == 0);
  };
  check(std::int32_t{}, float{});
  check(std::int32_t{}, double{});
  check(std::int64_t{}, float{});
  check(std::int64_t{}, double{});
  check(std::uint8_t{}, float{});
  check(std::uint8_t{}, double{});
}

TEST_CASE("cast to a smaller integer wraps, and to bool asks whether it is 0") {
  CHECK_THAT(value_at(cast_to(DType::uint8), Array::of<std::int32_t>({3}, {-1, 256, 300})),
             equals(Array::of<std::uint8_t>({3}, {255, 0, 44})));
  CHECK_THAT(
      value_at(cast_to(DType::boolean), row({0, -0.0, 0.25, std::numeric_limits<double>::quiet_NaN()})),
      equals(Array::of<bool>({4}, {false, false, true, true})));
}

TEST_CASE("cast to the same dtype is the same numbers") {
  CHECK_THAT(value_at(cast_to(DType::float64), row({0.1})), equals(row({0.1})));
}

TEST_CASE("the gradient of a cast is cast back") {
  const auto f = [](const Tensor& x) { return cast(x, DType::float64) * 0.1; };
  const auto g = gradient_at(f, Array::of<float>({2}, {1, 2}));
  CHECK_THAT(g, equals(Array::of<float>({2}, {0.1F, 0.1F})));
}

TEST_CASE("a gradient through an integer is refused") {
  Graph graph;
  const auto x = graph.input("x", {3});
  const auto y = sum(cast(cast(x, DType::int32), DType::float32));
  CHECK_REFUSED(GradientError, gradient(y, x), "not differentiable");
  CHECK_REFUSED(GradientError, gradient(y, x), "(cast)");
}

TEST_CASE("casts to two dtypes are not merged") {
  Graph graph;
  const auto x = graph.input("x", {1}, DType::float64);
  Executable executable{graph, {.outputs = {cast(x, DType::int32), cast(x, DType::uint8)}}};
  const auto results = executable.run(x.feed(row({-1})));
  CHECK(results.at(0).at(0) == -1);
  CHECK(results.at(1).at(0) == 0);
}
