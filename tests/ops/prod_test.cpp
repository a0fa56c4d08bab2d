#include <retrograph/autograd/check_gradient.hpp>
#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/prod.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

#include <cmath>

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("prod multiplies over all axes or some") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK_THAT(evaluate(prod(x)), equals(Array::scalar(720.0f)));
  CHECK_THAT(evaluate(prod(x, 0)), equals(Array::of<float>({3}, {4, 10, 18})));
  CHECK_THAT(evaluate(prod(x, -1, Keep::yes)), equals(Array::of<float>({2, 1}, {6, 120})));
}

TEST_CASE("prod of integers keeps their dtype and wraps around") {
  Graph graph;
  CHECK_THAT(evaluate(prod(graph.constant(Array::of<std::uint8_t>({2}, {16, 17})))),
             equals(Array::scalar<std::uint8_t>(16)));
  CHECK_THAT(evaluate(prod(graph.constant(Array::of<std::int32_t>({2}, {65536, 32768})))),
             equals(Array::scalar<std::int32_t>(-2147483647 - 1)));
}

TEST_CASE("the gradient of prod is the product of the others, with any number of zeros") {
  Graph graph;
  const auto x = graph.input("x", {4, 3}, DType::float64);
  const auto dx = gradient(sum(prod(x, 1)), x);
  CHECK_THAT(evaluate(dx, x.feed(Array::of<double>({4, 3}, {2, 3, 5, 2, 0, 5, 0, 0, 5, 0, 0, 0}))),
             equals(Array::of<double>({4, 3}, {15, 10, 6, 0, 10, 0, 0, 0, 0, 0, 0, 0})));
}

TEST_CASE("the second gradient of prod is the product of all but two, with any number of zeros") {
  Graph graph;
  const auto x = graph.input("x", {3}, DType::float64);
  const auto direction = graph.input("direction", {3}, DType::float64);
  // The Hessian is 0 on the diagonal and elsewhere the third number.
  const auto row = gradient(sum(gradient(prod(x), x) * direction), x);
  const auto row_at = [&](std::initializer_list<double> numbers) {
    return evaluate(row, x.feed(Array::of<double>({3}, numbers)),
                    direction.feed(Array::of<double>({3}, {1, 0, 0})));
  };
  CHECK_THAT(row_at({2, 3, 5}), equals(Array::of<double>({3}, {0, 5, 3})));
  CHECK_THAT(row_at({2, 0, 5}), equals(Array::of<double>({3}, {0, 5, 0})));
  CHECK_THAT(row_at({0, 0, 5}), equals(Array::of<double>({3}, {0, 5, 0})));
  CHECK_THAT(row_at({0, 0, 0}), equals(Array::of<double>({3}, {0, 0, 0})));
}

TEST_CASE("the third derivative of prod agrees with differences where numbers are zero") {
  const auto f = [](std::span<const Tensor> x) { return prod(x[0], {0, 2}); };
  const auto numbers = Array::of<double>({2, 2, 2}, {0.5, -1.5, 0, 0, 1.25, 0.75, 0, -2});
  CHECK_NOTHROW(check_gradient(f, {numbers}, {.order = 3}));
}

TEST_CASE("the gradient of prod takes the numbers of each result where axes are no neighbours") {
  Graph graph;
  const auto x = graph.input("x", {2, 2, 2}, DType::float64);
  const auto dx = gradient(sum(prod(x, {0, 2})), x);
  CHECK_THAT(evaluate(dx, x.feed(Array::of<double>({2, 2, 2}, {1, 2, 10, 20, 3, 4, 30, 40}))),
             equals(Array::of<double>({2, 2, 2}, {24, 12, 24000, 12000, 8, 6, 8000, 6000})));
}

TEST_CASE("prod of nothing is 1, and the gradient of prod of one number is 1") {
  Graph graph;
  CHECK_THAT(evaluate(prod(graph.constant(Array{{0, 2}}), 0)), equals(Array::of<float>({2}, {1, 1})));
  CHECK_THAT(evaluate(prod(graph.constant(Array{{0, 2}}), 1)), equals(Array{{0}}));
  const auto x = graph.input("x", {graph.dim("batch")}, DType::float64);
  const auto dx = gradient(prod(x), x);
  CHECK_THAT(evaluate(dx, x.feed(Array{{0}, DType::float64})), equals(Array{{0}, DType::float64}));
  CHECK_THAT(evaluate(dx, x.feed(Array::of<double>({1}, {0}))), equals(Array::of<double>({1}, {1})));
}

TEST_CASE("prod passes NaN on, also beside zero") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({2, 2}, {0, NAN, 2, INFINITY}));
  CHECK_THAT(evaluate(prod(x, 1)), equals(Array::of<float>({2}, {NAN, INFINITY})));
}

TEST_CASE("prod refuses bool and an axis that is not there") {
  Graph graph;
  CHECK_REFUSED(TypeError, prod(graph.input("flags", {2}, DType::boolean)), "prod");
  CHECK_REFUSED(ShapeError, prod(graph.input("x", {2}), -2),
                "prod: axis -2 is outside of a tensor of rank 1");
}
