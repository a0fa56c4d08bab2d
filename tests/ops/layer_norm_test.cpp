#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/layer_norm.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

#include <cmath>

using namespace retrograph;
using namespace retrograph::test;

namespace {

Tensor constant(Graph& graph, Extents extents, std::initializer_list<double> numbers) {
  return graph.constant(Array::of<double>(std::move(extents), numbers));
}

}  // namespace

TEST_CASE("layer_norm brings each row to mean 0 and variance 1, then scales and shifts") {
  Graph graph;
  const auto x = constant(graph, {2, 2}, {1, 5, 10, 4});
  const auto scale = constant(graph, {2}, {2, 3}), shift = constant(graph, {2}, {10, 20});
  CHECK_THAT(evaluate(layer_norm(x, scale, shift, {.epsilon = 0})),
             equals(Array::of<double>({2, 2}, {8, 23, 12, 17})).within(4_ulp));
}

TEST_CASE("layer_norm adds epsilon to the variance, of the last axes, as many as the scale has") {
  Graph graph;
  const auto x = constant(graph, {1, 2, 2}, {1, 3, 5, 7});
  const auto ones = constant(graph, {2, 2}, {1, 1, 1, 1}), zeros = constant(graph, {2, 2}, {0, 0, 0, 0});
  CHECK_THAT(evaluate(layer_norm(x, ones, zeros, {.epsilon = 4})),
             equals(Array::of<double>({1, 2, 2}, {-1, -1 / 3.0, 1 / 3.0, 1})).within(4_ulp));
}

TEST_CASE("layer_norm of a row of equal numbers is the shift") {
  Graph graph;
  const auto x = constant(graph, {1, 3}, {1e6, 1e6, 1e6});
  const auto scale = constant(graph, {3}, {2, 3, 4}), shift = constant(graph, {3}, {1, 2, 3});
  CHECK_THAT(evaluate(layer_norm(x, scale, shift)), equals(Array::of<double>({1, 3}, {1, 2, 3})));
}

TEST_CASE("to shift or stretch a row changes nothing of its layer_norm, and the gradient says so") {
  Graph graph;
  const auto x = constant(graph, {1, 3}, {1, 2, 6});
  const auto scale = constant(graph, {3}, {1, 10, 100}), shift = constant(graph, {3}, {0, 0, 0});
  const auto g = gradient(layer_norm(x, scale, shift, {.epsilon = 0}), x,
                          {.upstream = constant(graph, {1, 3}, {3, -1, 2})});
  const auto numbers = evaluate(g);
  // Rounding of numbers up to 100 leaves less than this.
  CHECK(std::abs(numbers.at(0) + numbers.at(1) + numbers.at(2)) < 1e-12);
  CHECK(std::abs(numbers.at(0) * 1 + numbers.at(1) * 2 + numbers.at(2) * 6) < 1e-12);
  CHECK(std::abs(numbers.at(0)) > 1);
}

TEST_CASE("layer_norm refuses a scale that does not fit, and a negative epsilon") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch"), 4}), four = graph.input("four", {4}),
             five = graph.input("five", {5});
  CHECK(layer_norm(x, four, four).shape() == x.shape());
  CHECK_REFUSED(ShapeError, layer_norm(x, five, five), "layer_norm: the scale is [5]");
  CHECK_REFUSED(ShapeError, layer_norm(x, graph.input("scalar", {}), four), "the scale is []");
  CHECK_REFUSED(ShapeError, layer_norm(x, four, five), "the shift must be [4]");
  CHECK_REFUSED(GraphError, layer_norm(x, four, four, {.epsilon = -1}), "epsilon is -1");
  CHECK_REFUSED(TypeError, layer_norm(x, graph.input("double", {4}, DType::float64), four), "dtypes differ");
  const auto i = graph.input("i", {2, 4}, DType::int32), k = graph.input("k", {4}, DType::int32);
  CHECK_REFUSED(TypeError, layer_norm(i, k, k), "is not defined for int32");
}
