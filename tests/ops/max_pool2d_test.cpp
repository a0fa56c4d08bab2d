#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/max_pool2d.hpp>

#include "support/matchers.hpp"

#include <cmath>
#include <limits>

using namespace retrograph;
using namespace retrograph::test;

namespace {

Tensor constant(Graph& graph, Extents extents, std::initializer_list<float> numbers) {
  return graph.constant(Array::of<float>(std::move(extents), numbers));
}

constexpr auto infinity = std::numeric_limits<float>::infinity();

}  // namespace

TEST_CASE("max_pool2d takes the largest number of each window, plane by plane") {
  Graph graph;
  const auto x = constant(graph, {1, 2, 2, 4}, {1, 2, 8, 3, 4, 0, 5, 6, -1, -2, -8, -3, -4, -9, -5, -6});
  CHECK_THAT(evaluate(max_pool2d(x, 2)), equals(Array::of<float>({1, 2, 1, 2}, {4, 8, -1, -3})));
  CHECK_THAT(evaluate(max_pool2d(x, {1, 3}, {.stride = 1})),
             equals(Array::of<float>({1, 2, 2, 2}, {8, 8, 5, 6, -1, -2, -4, -5})));
  CHECK_THAT(evaluate(max_pool2d(x, {2, 3})), equals(Array::of<float>({1, 2, 1, 1}, {8, -1})));
}

TEST_CASE("what max_pool2d pads with is smaller than any number") {
  Graph graph;
  const auto x = constant(graph, {1, 1, 2, 3}, {-3, -2, -1, -infinity, -5, -6});
  CHECK_THAT(evaluate(max_pool2d(x, 2, {.padding = 1})),
             equals(Array::of<float>({1, 1, 2, 2}, {-3, -1, -infinity, -5})));
}

TEST_CASE("of ties max_pool2d takes the first for its gradient, rows first") {
  Graph graph;
  const auto x = constant(graph, {1, 1, 2, 2}, {1, 7, 7, 7});
  CHECK_THAT(evaluate(gradient(max_pool2d(x, 2), x, {.upstream = constant(graph, {1, 1, 1, 1}, {3})})),
             equals(Array::of<float>({1, 1, 2, 2}, {0, 3, 0, 0})));
  const auto zeros = constant(graph, {1, 1, 2, 2}, {0, -0.0f, 0, 0});
  CHECK_THAT(
      evaluate(gradient(max_pool2d(zeros, 2), zeros, {.upstream = constant(graph, {1, 1, 1, 1}, {3})})),
      equals(Array::of<float>({1, 1, 2, 2}, {3, 0, 0, 0})));
  const auto lowest = graph.constant(Array::full({1, 1, 2, 2}, -infinity));
  CHECK_THAT(evaluate(gradient(max_pool2d(lowest, 2, {.padding = 1}), lowest,
                               {.upstream = constant(graph, {1, 1, 2, 2}, {1, 2, 3, 4})})),
             equals(Array::of<float>({1, 1, 2, 2}, {1, 2, 3, 4})));
}

TEST_CASE("where windows of max_pool2d overlap, their gradients add up") {
  Graph graph;
  const auto x = constant(graph, {1, 1, 1, 4}, {1, 9, 2, 3});
  CHECK_THAT(evaluate(gradient(max_pool2d(x, {1, 2}, {.stride = 1}), x,
                               {.upstream = constant(graph, {1, 1, 1, 3}, {1, 10, 100})})),
             equals(Array::of<float>({1, 1, 1, 4}, {0, 11, 0, 100})));
}

TEST_CASE("max_pool2d keeps a NaN, and gives its gradient to the first") {
  Graph graph;
  const auto x = constant(graph, {1, 1, 1, 4}, {1, NAN, NAN, infinity});
  const auto y = max_pool2d(x, {1, 4});
  CHECK_THAT(evaluate(y), equals(Array::of<float>({1, 1, 1, 1}, {NAN})));
  CHECK_THAT(evaluate(gradient(y, x, {.upstream = constant(graph, {1, 1, 1, 1}, {3})})),
             equals(Array::of<float>({1, 1, 1, 4}, {0, 3, 0, 0})));
}

TEST_CASE("max_pool2d agrees with a search through each window for every width around that of vectors") {
  for (std::int64_t width = 1; width <= 70; ++width) {
    INFO("width " << width);
    Array images{{3, 2, 5, width}, DType::float32}, expected{{3, 2, 2, (width + 1) / 2}, DType::float32};
    std::uint32_t seed = 1;
    for (auto& number : images.values<float>())
      number = static_cast<float>((seed = seed * 1664525u + 1013904223u) >> 16);
    const auto x = images.values<float>();
    std::size_t next = 0;
    for (std::int64_t plane = 0; plane < 6; ++plane)
      for (std::int64_t i = 0; i < 2; ++i)
        for (std::int64_t j = 0; j < width; j += 2) {
          auto& largest = expected.values<float>()[next++];
          for (auto h = 2 * i; h < 2 * i + 3; ++h)
            for (auto w = std::max<std::int64_t>(0, j - 1); w < std::min(width, j + 2); ++w)
              largest = std::max(largest, x[static_cast<std::size_t>((plane * 5 + h) * width + w)]);
        }
    Graph graph;
    CHECK_THAT(evaluate(max_pool2d(graph.constant(images), 3, {.stride = 2, .padding = {0, 1}})),
               equals(expected));
  }
}

TEST_CASE("max_pool2d of no images is empty") {
  Graph graph;
  CHECK(evaluate(max_pool2d(graph.constant(Array{{0, 3, 4, 4}}), 2)).extents() == Extents{0, 3, 2, 2});
}

TEST_CASE("max_pool2d refuses windows that do not fit, and other dtypes than floats") {
  Graph graph;
  const auto batch = graph.dim("batch");
  const auto x = graph.input("x", {batch, 6, 28, 28});
  CHECK(max_pool2d(x, 2).shape() == Shape{batch, 6, 14, 14});
  CHECK_REFUSED(ShapeError, max_pool2d(graph.input("rows", {batch, 784}), 2), "has 2 axes");
  CHECK_REFUSED(ShapeError, max_pool2d(x, 29), "the window covers 29 numbers of the height, which has 28");
  CHECK_REFUSED(ShapeError, max_pool2d(x, {0, 2}), "the window is 0x2");
  CHECK_REFUSED(ShapeError, max_pool2d(x, 2, {.stride = {0, 1}}), "the stride is 0x1");
  CHECK_REFUSED(ShapeError, max_pool2d(x, 3, {.padding = 2}),
                "the padding 2x2 is more than half of the window 3x3");
  CHECK_REFUSED(TypeError, max_pool2d(graph.input("i", {1, 1, 2, 2}, DType::int32), 2),
                "not defined for int32");
}
