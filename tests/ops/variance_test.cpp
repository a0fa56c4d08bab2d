#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/variance.hpp>

#include "support/matchers.hpp"

#include <cmath>

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("variance is the mean of squared distances from the mean") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({2, 4}, {1, 2, 3, 6, -1, -1, 1, 1}));
  CHECK_THAT(evaluate(variance(x, 1)), equals(Array::of<float>({2}, {3.5, 1})));
  CHECK_THAT(evaluate(variance(x, 1, Keep::yes)), equals(Array::of<float>({2, 1}, {3.5, 1})));
  CHECK_THAT(evaluate(variance(x, 0)), equals(Array::of<float>({4}, {1, 2.25, 1, 6.25})));
  CHECK_THAT(evaluate(variance(x)), equals(Array::scalar(4.5f)));
}

TEST_CASE("variance with Bessel's correction divides by one less") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({3}, {1, 2, 6}));
  CHECK_THAT(evaluate(variance(x, {}, Keep::no, 1)), equals(Array::scalar(7.0f)));
}

TEST_CASE("variance takes the mean that belongs to each result where axes are no neighbours") {
  Graph graph;
  // Channels around 0 and 100 in turn.
  const auto x = graph.constant(Array::of<float>({2, 2, 2}, {1, -1, 101, 103, -3, 3, 99, 97}));
  CHECK_THAT(evaluate(variance(x, {0, 2})), equals(Array::of<float>({2}, {5, 5})));
  const auto wide = graph.constant(
      Array::of<float>({2, 2, 2, 2}, {1, 10, -1, 20, 101, 30, 103, 40, -3, 10, 3, 20, 99, 30, 97, 40}));
  CHECK_THAT(evaluate(variance(wide, {0, 2})), equals(Array::of<float>({2, 2}, {5, 25, 5, 25})));
}

TEST_CASE("the gradient of variance is 2 (x - mean) / n, also where the batch is a symbol") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch")}, DType::float64);
  const auto numbers = Array::of<double>({4}, {1, 2, 3, 6});
  CHECK_THAT(evaluate(gradient(variance(x), x), x.feed(numbers)),
             equals(Array::of<double>({4}, {-1, -0.5, 0, 1.5})));
  CHECK_THAT(evaluate(gradient(variance(x, 0, Keep::no, 2), x), x.feed(numbers)),
             equals(Array::of<double>({4}, {-2, -1, 0, 3})));
}

TEST_CASE("variance of numbers far from zero keeps its digits") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({4}, {16'777'208, 16'777'210, 16'777'212, 16'777'214}));
  CHECK_THAT(evaluate(variance(x)), equals(Array::scalar(5.0f)));  // by mean of squares: 0 or far off
}

TEST_CASE("variance of too few numbers is NaN, and of one number 0") {
  Graph graph;
  const auto one = graph.constant(Array::of<float>({1}, {5}));
  CHECK_THAT(evaluate(variance(one)), equals(Array::scalar(0.0f)));
  CHECK_THAT(evaluate(variance(one, {}, Keep::no, 1)), equals(Array::scalar(std::nanf(""))));
  CHECK_THAT(evaluate(variance(graph.constant(Array{{0, 2}}), 0)), equals(Array::of<float>({2}, {NAN, NAN})));
  CHECK_THAT(evaluate(variance(graph.constant(Array::scalar(5.0f)))), equals(Array::scalar(0.0f)));
}

TEST_CASE("variance passes NaN and infinity on as NaN") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({2, 2}, {1, NAN, 2, INFINITY}));
  CHECK_THAT(evaluate(variance(x, 1)), equals(Array::of<float>({2}, {NAN, NAN})));
}

TEST_CASE("variance refuses integers and an axis that is not there") {
  Graph graph;
  CHECK_REFUSED(TypeError, variance(graph.input("counts", {2}, DType::int32)), "variance");
  CHECK_REFUSED(ShapeError, variance(graph.input("x", {2}), 1),
                "variance: axis 1 is outside of a tensor of rank 1");
}
