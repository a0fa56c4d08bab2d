#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("gradient of x * x is 2 x, and its gradient is 2") {
  Graph graph;
  const auto x = graph.input("x", {3}, DType::float64);
  const auto first = gradient(sum(x * x), x);
  const auto second = gradient(sum(first), x);
  const auto numbers = Array::of<double>({3}, {1, 2, 3});
  CHECK_THAT(evaluate(first, x.feed(numbers)), equals(Array::of<double>({3}, {2, 4, 6})));
  CHECK_THAT(evaluate(second, x.feed(numbers)), equals(Array::of<double>({3}, {2, 2, 2})));
}
