#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/logsumexp.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

#include <cmath>

using namespace retrograph;
using namespace retrograph::test;

namespace {
const double log_2 = std::log(2.0), log_3 = std::log(3.0);
}

TEST_CASE("logsumexp is the logarithm of the sum of exponentials, over all axes or some") {
  Graph graph;
  const auto x = graph.constant(Array::of<double>({2, 2}, {0, log_2, log_3, log_3}));
  // One exp, one log and a few additions of numbers of about 1: 4 ulp.
  CHECK_THAT(evaluate(logsumexp(x, 1)), equals(Array::of<double>({2}, {log_3, std::log(6.0)})).within(4_ulp));
  CHECK_THAT(evaluate(logsumexp(x, 0, Keep::yes)),
             equals(Array::of<double>({1, 2}, {std::log(4.0), std::log(5.0)})).within(4_ulp));
  CHECK_THAT(evaluate(logsumexp(x)), equals(Array::scalar(std::log(9.0))).within(4_ulp));
}

TEST_CASE("logsumexp takes the largest of each result where axes are no neighbours") {
  Graph graph;
  const auto x = graph.constant(Array::of<double>({2, 2, 2}, {0, 0, 1000, 1000, 0, 0, 1000, 1000}));
  CHECK_THAT(evaluate(logsumexp(x, {0, 2})),
             equals(Array::of<double>({2}, {std::log(4.0), 1000 + std::log(4.0)})).within(4_ulp));
}

TEST_CASE("the gradient of logsumexp is softmax") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch"), 2}, DType::float64);
  const auto dx = gradient(sum(logsumexp(x, 1)), x);
  CHECK_THAT(evaluate(dx, x.feed(Array::of<double>({2, 2}, {0, log_3, -500, -500 + log_3}))),
             equals(Array::of<double>({2, 2}, {0.25, 0.75, 0.25, 0.75})).within(absolute(1e-13)));
}

TEST_CASE("logsumexp neither overflows nor underflows") {
  Graph graph;
  const auto x = graph.input("x", {4, 2});
  const auto numbers = Array::of<float>({4, 2}, {1000, 1000, -1000, -1000, 1000, -1000, 3e38f, -3e38f});
  const auto shift = static_cast<float>(log_2);
  CHECK_THAT(evaluate(logsumexp(x, 1), x.feed(numbers)),
             equals(Array::of<float>({4}, {1000 + shift, -1000 + shift, 1000, 3e38f})).within(1_ulp));
  // The result is rounded to a ulp of 1000, 6e-5, and so is the exponent of the gradient.
  CHECK_THAT(evaluate(gradient(sum(logsumexp(x, 1)), x), x.feed(numbers)),
             equals(Array::of<float>({4, 2}, {0.5f, 0.5f, 0.5f, 0.5f, 1, 0, 1, 0})).within(absolute(3.1e-5)));
}

TEST_CASE("logsumexp of -infinity alone is -infinity, with gradient 0") {
  Graph graph;
  const auto x = graph.input("x", {2, 2}, DType::float64);
  const auto numbers = Array::of<double>({2, 2}, {-INFINITY, -INFINITY, -INFINITY, 7});
  const auto dx = gradient(sum(logsumexp(x, 1)), x);
  CHECK_THAT(evaluate(logsumexp(x, 1), x.feed(numbers)), equals(Array::of<double>({2}, {-INFINITY, 7})));
  CHECK_THAT(evaluate(dx, x.feed(numbers)), equals(Array::of<double>({2, 2}, {0, 0, 0, 1})));
  CHECK_THAT(evaluate(gradient(sum(dx), x), x.feed(numbers)),
             equals(Array::of<double>({2, 2}, {0, 0, 0, 0})));
}

TEST_CASE("logsumexp hands infinity and NaN on") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({3, 2}, {INFINITY, 1, INFINITY, NAN, NAN, -INFINITY}));
  CHECK_THAT(evaluate(logsumexp(x, 1)), equals(Array::of<float>({3}, {INFINITY, NAN, NAN})));
}

TEST_CASE("logsumexp of nothing is -infinity, of one number the number") {
  Graph graph;
  CHECK_THAT(evaluate(logsumexp(graph.constant(Array{{2, 0}}), 1)),
             equals(Array::of<float>({2}, {-INFINITY, -INFINITY})));
  CHECK_THAT(evaluate(logsumexp(graph.constant(Array{{2, 0}}), 0)), equals(Array{{0}}));
  CHECK_THAT(evaluate(logsumexp(graph.constant(Array::scalar(3.0f)))), equals(Array::scalar(3.0f)));
}

TEST_CASE("logsumexp refuses integers and an axis that is not there") {
  Graph graph;
  CHECK_REFUSED(TypeError, logsumexp(graph.input("counts", {2}, DType::int32)), "logsumexp");
  CHECK_REFUSED(ShapeError, logsumexp(graph.input("x", {2}), 1),
                "logsumexp: axis 1 is outside of a tensor of rank 1");
}
