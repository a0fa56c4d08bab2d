#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("add repeats a row over a matrix") {
  Graph graph;
  const auto a = graph.constant(Array::of<float>({2, 3}, {1, 2, 3, 4, 5, 6}));
  const auto b = graph.constant(Array::of<float>({3}, {10, 20, 30}));
  CHECK_THAT(evaluate(a + b), equals(Array::of<float>({2, 3}, {11, 22, 33, 14, 25, 36})));
  CHECK_THAT(evaluate(2 * a + 1), equals(Array::of<float>({2, 3}, {3, 5, 7, 9, 11, 13})));
}

TEST_CASE("add refuses extents that differ, with names, shapes and line") {
  Graph graph;
  const auto a = graph.input("a", {graph.dim("batch"), 3});
  const auto b = graph.input("b", {graph.dim("batch"), 4});
  CHECK_REFUSED(ShapeError, a + b, "add: extents differ: 3 and 4");
  CHECK_REFUSED(ShapeError, a + b, "a [batch, 3] float32");
  CHECK_REFUSED(ShapeError, a + b, "at arithmetic_test.cpp:" + std::to_string(__LINE__));
}
