#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

#include <cmath>

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("sum adds up over all axes, some, or none") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK_THAT(evaluate(sum(x)), equals(Array::scalar(21.0f)));
  CHECK_THAT(evaluate(sum(x, 0)), equals(Array::of<float>({3}, {5, 7, 9})));
  CHECK_THAT(evaluate(sum(x, -1)), equals(Array::of<float>({2}, {6, 15})));
  CHECK_THAT(evaluate(sum(x, 1, Keep::yes)), equals(Array::of<float>({2, 1}, {6, 15})));
  CHECK_THAT(evaluate(sum(x, {0, 1}, Keep::yes)), equals(Array::of<float>({1, 1}, {21})));
  CHECK_THAT(evaluate(sum(x, Axes{std::vector<std::int64_t>{}})),
             equals(Array::of<float>({2, 3}, {1, 2, 3, 4, 5, 6})));
}

TEST_CASE("sum takes every second axis of a tensor") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}));
  CHECK_THAT(evaluate(sum(x, {0, 2})), equals(Array::of<float>({2}, {1 + 2 + 5 + 6, 3 + 4 + 7 + 8})));
  CHECK_THAT(evaluate(sum(x, 1)), equals(Array::of<float>({2, 2}, {1 + 3, 2 + 4, 5 + 7, 6 + 8})));
}

TEST_CASE("sum of integers keeps their dtype and wraps around") {
  Graph graph;
  const auto bytes = graph.constant(Array::of<std::uint8_t>({3}, {200, 100, 1}));
  CHECK_THAT(evaluate(sum(bytes)), equals(Array::scalar<std::uint8_t>(45)));
  const auto integers = graph.constant(Array::of<std::int32_t>({2}, {2147483647, 1}));
  CHECK_THAT(evaluate(sum(integers)), equals(Array::scalar<std::int32_t>(-2147483647 - 1)));
}

TEST_CASE("the gradient of sum is the upstream, repeated") {
  Graph graph;
  const auto x = graph.input("x", {2, 3}, DType::float64);
  const auto weights = graph.constant(Array::of<double>({2}, {10, 20}));
  const auto dx = gradient(sum(sum(x, 1) * weights), x);
  CHECK_THAT(evaluate(dx, x.feed(Array{{2, 3}, DType::float64})),
             equals(Array::of<double>({2, 3}, {10, 10, 10, 20, 20, 20})));
}

TEST_CASE("the gradient of sum has the shape that symbols are bound to") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch"), 2}, DType::float64);
  const auto dx = gradient(sum(x), x);
  CHECK(dx.shape() == x.shape());
  CHECK_THAT(evaluate(dx, x.feed(Array{{3, 2}, DType::float64})),
             equals(Array::full({3, 2}, 1, DType::float64)));
}

TEST_CASE("sum of nothing is 0") {
  Graph graph;
  CHECK_THAT(evaluate(sum(graph.constant(Array{{0}}))), equals(Array::scalar(0.0f)));
  CHECK_THAT(evaluate(sum(graph.constant(Array{{0, 2}}), 0)), equals(Array::of<float>({2}, {0, 0})));
  CHECK_THAT(evaluate(sum(graph.constant(Array{{0, 2}}), 1)), equals(Array{{0}}));
}

TEST_CASE("sum of a million float32 is accurate in any direction") {
  // 0.1f is 0.100000001490116; adding a million of them one by one in float32 gives 100958.34.
  Graph graph;
  const auto x = graph.constant(Array::full({1'000'000}, 0.1));
  const auto columns = graph.constant(Array::full({1'000'000, 2}, 0.1));
  // At most 4.3e-6 of the sum, by the bound that sum states; errors cancel, so that a tenth of it is ample.
  const auto tolerance = absolute(0.04);
  CHECK_THAT(evaluate(sum(x)), equals(Array::scalar(100'000.0f)).within(tolerance));
  CHECK_THAT(evaluate(sum(columns, 0)), equals(Array::of<float>({2}, {100'000, 100'000})).within(tolerance));
}

TEST_CASE("sum passes NaN and infinity on") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({3, 2}, {1, NAN, 2, INFINITY, -INFINITY, INFINITY}));
  CHECK_THAT(evaluate(sum(x, 1)), equals(Array::of<float>({3}, {NAN, INFINITY, NAN})));
}

TEST_CASE("sum refuses an axis that is not there, or twice, and bool") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch"), 3});
  CHECK_REFUSED(ShapeError, sum(x, 2), "sum: axis 2 is outside of a tensor of rank 2");
  CHECK_REFUSED(ShapeError, sum(x, 2), "x [batch, 3] float32");
  CHECK_REFUSED(ShapeError, sum(x, {1, -1}), "sum: axis 1 is named twice");
  CHECK_REFUSED(TypeError, sum(graph.input("flags", {2}, DType::boolean)), "sum");
}
