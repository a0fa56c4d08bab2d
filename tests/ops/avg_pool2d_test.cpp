#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/avg_pool2d.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

Tensor constant(Graph& graph, Extents extents, std::initializer_list<float> numbers) {
  return graph.constant(Array::of<float>(std::move(extents), numbers));
}

}  // namespace

TEST_CASE("avg_pool2d takes the mean of each window, plane by plane") {
  Graph graph;
  const auto x = constant(graph, {1, 2, 2, 4}, {1, 2, 8, 3, 4, 1, 5, 4, -1, -2, -8, -3, -4, -1, -5, -4});
  CHECK_THAT(evaluate(avg_pool2d(x, 2)), equals(Array::of<float>({1, 2, 1, 2}, {2, 5, -2, -5})));
  CHECK_THAT(evaluate(avg_pool2d(x, {1, 2}, {.stride = 2})),
             equals(Array::of<float>({1, 2, 1, 2}, {1.5, 5.5, -1.5, -5.5})));
}

TEST_CASE("the padding of avg_pool2d counts as zeros, or not at all") {
  Graph graph;
  const auto x = constant(graph, {1, 1, 2, 2}, {4, 8, 12, 16});
  CHECK_THAT(evaluate(avg_pool2d(x, 2, {.padding = 1})),
             equals(Array::of<float>({1, 1, 2, 2}, {1, 2, 3, 4})));
  CHECK_THAT(evaluate(avg_pool2d(x, 2, {.padding = 1, .count_padding = false})),
             equals(Array::of<float>({1, 1, 2, 2}, {4, 8, 12, 16})));
  CHECK_THAT(evaluate(avg_pool2d(x, {2, 3}, {.stride = 1, .padding = {0, 1}, .count_padding = false})),
             equals(Array::of<float>({1, 1, 1, 2}, {10, 10})));
}

TEST_CASE("avg_pool2d gives each number of a window its share of the gradient, and shares add up") {
  Graph graph;
  const auto x = constant(graph, {1, 1, 1, 4}, {1, 2, 3, 4});
  CHECK_THAT(evaluate(gradient(avg_pool2d(x, {1, 2}, {.stride = 1}), x,
                               {.upstream = constant(graph, {1, 1, 1, 3}, {2, 20, 200})})),
             equals(Array::of<float>({1, 1, 1, 4}, {1, 11, 110, 100})));
  CHECK_THAT(evaluate(gradient(avg_pool2d(x, {1, 2}, {.padding = {0, 1}, .count_padding = false}), x,
                               {.upstream = constant(graph, {1, 1, 1, 3}, {2, 20, 200})})),
             equals(Array::of<float>({1, 1, 1, 4}, {2, 10, 10, 200})));
}

TEST_CASE("numbers that no window of avg_pool2d reaches have no gradient") {
  Graph graph;
  const auto x = constant(graph, {1, 1, 1, 3}, {1, 2, 3});
  CHECK_THAT(evaluate(gradient(avg_pool2d(x, {1, 2}), x, {.upstream = constant(graph, {1, 1, 1, 1}, {2})})),
             equals(Array::of<float>({1, 1, 1, 3}, {1, 1, 0})));
}

TEST_CASE("avg_pool2d of no images is empty, and windows that do not fit are refused") {
  Graph graph;
  CHECK(evaluate(avg_pool2d(graph.constant(Array{{0, 3, 4, 4}}), 2)).extents() == Extents{0, 3, 2, 2});
  const auto x = graph.input("x", {graph.dim("batch"), 6, 28, 28});
  CHECK(avg_pool2d(x, 3, {.padding = 1}).shape() == Shape{graph.dim("batch"), 6, 10, 10});
  CHECK_REFUSED(ShapeError, avg_pool2d(x, {2, 29}),
                "the window covers 29 numbers of the width, which has 28");
  CHECK_REFUSED(ShapeError, avg_pool2d(x, 2, {.padding = 2}), "more than half of the window");
}
