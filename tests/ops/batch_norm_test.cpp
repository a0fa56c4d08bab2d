#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/batch_norm.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

Tensor constant(Graph& graph, Extents extents, std::initializer_list<double> numbers) {
  return graph.constant(Array::of<double>(std::move(extents), numbers));
}

}  // namespace

TEST_CASE("batch_norm brings each channel of a batch to mean 0 and variance 1, then scales and shifts") {
  Graph graph;
  const auto x = constant(graph, {2, 2}, {1, 10, 5, 4});
  const auto scale = constant(graph, {2}, {2, 3}), shift = constant(graph, {2}, {10, 20});
  CHECK_THAT(evaluate(batch_norm(x, scale, shift, {.epsilon = 0})),
             equals(Array::of<double>({2, 2}, {8, 23, 12, 17})).within(4_ulp));
}

TEST_CASE("batch_norm of images takes mean and variance over all places of a channel") {
  Graph graph;
  const auto x = constant(graph, {2, 2, 1, 2}, {1, 3, 0, 0, 5, 7, 8, 8});
  const auto ones = constant(graph, {2}, {1, 1}), zeros = constant(graph, {2}, {0, 0});
  CHECK_THAT(evaluate(batch_norm(x, ones, zeros, {.epsilon = 4})),
             equals(Array::of<double>({2, 2, 1, 2}, {-1, -1 / 3.0, -0.8944271909999159, -0.8944271909999159,
                                                     1 / 3.0, 1, 0.8944271909999159, 0.8944271909999159}))
                 .within(4_ulp));
}

TEST_CASE("batch_norm with mean and variance given lets no image depend on another") {
  Graph graph;
  const auto x = constant(graph, {2, 2, 1, 1}, {1, 10, 5, 4});
  const auto scale = constant(graph, {2}, {2, 3}), shift = constant(graph, {2}, {10, 20});
  const auto means = constant(graph, {2}, {1, 2}), variances = constant(graph, {2}, {4, 16});
  CHECK_THAT(evaluate(batch_norm(x, scale, shift, means, variances, {.epsilon = 0})),
             equals(Array::of<double>({2, 2, 1, 1}, {10, 26, 14, 21.5})).within(4_ulp));
}

TEST_CASE("batch_norm refuses numbers of other channels, and what has none") {
  Graph graph;
  const auto batch = graph.dim("batch");
  const auto x = graph.input("x", {batch, 6, 4, 4}), six = graph.input("six", {6}),
             five = graph.input("five", {5});
  CHECK(batch_norm(x, six, six).shape() == x.shape());
  CHECK_REFUSED(ShapeError, batch_norm(x, five, six),
                "batch_norm: there are 6 channels, and numbers [5] for them");
  CHECK_REFUSED(ShapeError, batch_norm(x, six, six, six, five), "they must be [6]");
  CHECK_REFUSED(ShapeError, batch_norm(six, six, six), "it must be [batch, channels, ...]");
  CHECK_REFUSED(GraphError, batch_norm(x, six, six, {.epsilon = -0.5}), "epsilon is -0.5");
}
