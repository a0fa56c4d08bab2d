#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/argmax.hpp>

#include "support/matchers.hpp"

#include <cmath>
#include <limits>

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("argmax and argmin name the place along any axis") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({2, 3}, {1, 5, 2, 7, 4, 9}));
  CHECK_THAT(evaluate(argmax(x, 1)), equals(Array::of<std::int64_t>({2}, {1, 2})));
  CHECK_THAT(evaluate(argmin(x, -1)), equals(Array::of<std::int64_t>({2}, {0, 1})));
  CHECK_THAT(evaluate(argmax(x, 0)), equals(Array::of<std::int64_t>({3}, {1, 0, 1})));
  CHECK_THAT(evaluate(argmin(x, 0, Keep::yes)), equals(Array::of<std::int64_t>({1, 3}, {0, 1, 0})));
  const auto cube = graph.constant(Array::of<std::int32_t>({2, 2, 2}, {1, 2, 3, 4, 8, 7, 6, 5}));
  CHECK_THAT(evaluate(argmax(cube, 1)), equals(Array::of<std::int64_t>({2, 2}, {1, 1, 0, 0})));
}

TEST_CASE("argmax and argmin take the first of equal numbers") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({5}, {1, 3, 3, 1, 3}));
  CHECK(evaluate(argmax(x, 0)).scalar() == 1);
  CHECK(evaluate(argmin(x, 0)).scalar() == 0);
  const auto flags = graph.constant(Array::of<bool>({4}, {false, true, true, false}));
  CHECK(evaluate(argmax(flags, 0)).scalar() == 1);
}

TEST_CASE("argmax and argmin name the first NaN") {
  Graph graph;
  const auto x =
      graph.constant(Array::of<float>({3, 4}, {1, NAN, INFINITY, NAN, NAN, 1, 2, 3, -INFINITY, -1, 5, NAN}));
  const auto expected = Array::of<std::int64_t>({3}, {1, 0, 3});
  CHECK_THAT(evaluate(argmax(x, 1)), equals(Array{expected}));
  CHECK_THAT(evaluate(argmin(x, 1)), equals(Array{expected}));
}

TEST_CASE("argmax finds the place of infinity and of extreme integers") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({3}, {-INFINITY, -INFINITY, INFINITY}));
  CHECK(evaluate(argmax(x, 0)).scalar() == 2);
  CHECK(evaluate(argmin(x, 0)).scalar() == 0);
  using Limits = std::numeric_limits<std::int64_t>;
  const auto integers = graph.constant(Array::of<std::int64_t>({3}, {0, Limits::max(), Limits::min()}));
  CHECK(evaluate(argmax(integers, 0)).scalar() == 1);
  CHECK(evaluate(argmin(integers, 0)).scalar() == 2);
}

TEST_CASE("argmax of an empty batch is empty, of an empty row an error") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch"), 3});
  CHECK_THAT(evaluate(argmax(x, 1), x.feed(Array{{0, 3}})), equals(Array{{0}, DType::int64}));
  CHECK_REFUSED(FeedError, evaluate(argmax(x, 0), x.feed(Array{{0, 3}})), "an axis to reduce has extent 0");
  CHECK_REFUSED(ShapeError, argmax(graph.input("empty", {2, 0}), 1), "argmax: axis 1 has extent 0");
}

TEST_CASE("argmax refuses an axis that is not there, and lets no gradient by") {
  Graph graph;
  const auto x = graph.input("x", {2, 3});
  CHECK_REFUSED(ShapeError, argmax(x, 2), "argmax: axis 2 is outside of a tensor of rank 2");
  CHECK_REFUSED(ShapeError, argmin(graph.input("s", {}), 0),
                "argmin: axis 0 is outside of a tensor of rank 0");
  CHECK_REFUSED(GradientError, gradient(argmax(x, 1), x), "not differentiable");
}
