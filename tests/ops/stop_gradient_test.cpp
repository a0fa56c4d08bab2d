#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/stop_gradient.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("stop_gradient gives the same numbers, of any dtype") {
  Graph graph;
  const auto x = graph.input("x", {2, 2});
  const auto numbers = Array::of<float>({2, 2}, {1, -2, 3, 4});
  CHECK_THAT(evaluate(stop_gradient(x), x.feed(numbers)), equals(numbers));
  const auto truths = Array::of<bool>({2}, {true, false});
  CHECK_THAT(evaluate(stop_gradient(graph.constant(truths))), equals(truths));
  const Array nothing{{0}};
  CHECK_THAT(evaluate(stop_gradient(graph.constant(nothing))), equals(nothing));
}

TEST_CASE("stop_gradient makes a constant of its operand") {
  Graph graph;
  const auto x = graph.input("x", {3}, DType::float64);
  const auto slope = gradient(sum(x * stop_gradient(x * x)), x);
  CHECK_THAT(evaluate(slope, x.feed(Array::of<double>({3}, {1, 2, 3}))),
             equals(Array::of<double>({3}, {1, 4, 9})));
}

TEST_CASE("stop_gradient is named where no other way leads to the target") {
  Graph graph;
  const auto x = graph.input("x", {3});
  const auto line = std::to_string(__LINE__ + 1);
  const auto y = sum(2 * stop_gradient(x).named("teacher"));
  CHECK_REFUSED(GradientError, gradient(y, x), "every way from 'x' to 'sum' leads through 'teacher'");
  CHECK_REFUSED(GradientError, gradient(y, x),
                "'teacher' (stop_gradient), made at stop_gradient_test.cpp:" + line);
}
