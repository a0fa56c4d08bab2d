#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/dot.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("dot sums the products of two vectors") {
  Graph graph;
  const auto a = graph.constant(Array::of<float>({3}, {1, 2, 3}));
  const auto b = graph.constant(Array::of<float>({3}, {4, 5, -6}));
  CHECK_THAT(evaluate(dot(a, b)), equals(Array::scalar<float>(-4)));
  const std::vector<Tensor> xs{a, b};
  const auto gradients = gradient(dot(a, b), xs);
  CHECK_THAT(evaluate(gradients[0]), equals(evaluate(b)));
  CHECK_THAT(evaluate(gradients[1]), equals(evaluate(a)));
}

TEST_CASE("outer multiplies each number of one vector by each of another") {
  Graph graph;
  const auto a = graph.constant(Array::of<std::int64_t>({2}, {2, -3}));
  const auto b = graph.constant(Array::of<std::int64_t>({3}, {1, 10, 100}));
  CHECK_THAT(evaluate(outer(a, b)), equals(Array::of<std::int64_t>({2, 3}, {2, 20, 200, -3, -30, -300})));
}

TEST_CASE("the gradients of outer are upstream b and upstream^T a") {
  Graph graph;
  const auto a = graph.constant(Array::of<double>({2}, {2, -3}));
  const auto b = graph.constant(Array::of<double>({3}, {1, 10, 100}));
  const auto upstream = graph.constant(Array::of<double>({2, 3}, {1, 2, 3, 4, 5, 6}));
  const std::vector<Tensor> xs{a, b};
  const auto gradients = gradient(outer(a, b), xs, {.upstream = upstream});
  CHECK_THAT(evaluate(gradients[0]), equals(Array::of<double>({2}, {321, 654})));
  CHECK_THAT(evaluate(gradients[1]), equals(Array::of<double>({3}, {-10, -11, -12})));
}

TEST_CASE("dot of empty vectors is zero, and outer of one is empty") {
  Graph graph;
  const auto none = graph.constant(Array{{0}}), three = graph.constant(Array{{3}});
  CHECK_THAT(evaluate(dot(none, none)), equals(Array::scalar<float>(0)));
  CHECK(evaluate(outer(none, three)).extents() == Extents{0, 3});
}

TEST_CASE("dot and outer refuse what is no vector, and dot extents that differ") {
  Graph graph;
  const auto a = graph.input("a", {3}), b = graph.input("b", {4}), matrix = graph.input("matrix", {3, 3});
  CHECK_REFUSED(ShapeError, dot(a, b), "dot: extents differ: 3 and 4");
  CHECK_REFUSED(ShapeError, dot(a, b), "the second operand must be [3]");
  CHECK_REFUSED(ShapeError, dot(a, matrix), "[3, 3] is no vector");
  CHECK_REFUSED(ShapeError, outer(matrix, a), "products of matrices are made by matmul");
  CHECK_REFUSED(TypeError, dot(a, graph.input("double", {3}, DType::float64)), "float64");
}
