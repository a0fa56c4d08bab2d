#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/max_pool2d.hpp>

#include "support/instruction_set_limit.hpp"
#include "support/matchers.hpp"

#include <cmath>
#include <limits>

using namespace retrograph;
using namespace retrograph::test;
using detail::InstructionSet;

namespace {

Tensor constant(Graph& graph, Extents extents, std::initializer_list<float> numbers) {
  return graph.constant(Array::of<float>(std::move(extents), numbers));
}

/// Numbers of which some are equal.
Array few_numbers(const Extents& extents, DType dtype) {
  Array array{extents, DType::float64};
  std::uint32_t seed = 1;
  for (auto& number : array.values<double>())
    number = static_cast<double>(((seed = seed * 1664525u + 1013904223u) >> 16) % 11);
  return array.cast(dtype);
}

/// The place of the largest number of a window, counted in its plane; the first of equal ones.
std::int64_t search(std::span<const double> plane, HeightWidth image, HeightWidth first, HeightWidth window) {
  std::int64_t best = -1;
  for (auto h = std::max<std::int64_t>(0, first.height);
       h < std::min(image.height, first.height + window.height); ++h)
    for (auto w = std::max<std::int64_t>(0, first.width);
         w < std::min(image.width, first.width + window.width); ++w) {
      const auto place = h * image.width + w;
      if (best < 0 || plane[static_cast<std::size_t>(place)] > plane[static_cast<std::size_t>(best)])
        best = place;
    }
  return best;
}

void compare_with_search(const Extents& extents, HeightWidth window, const MaxPool2dOptions& options) {
  for (const auto dtype : {DType::float32, DType::float64}) {
    Graph graph;
    const auto images = few_numbers(extents, dtype);
    const auto y = max_pool2d(graph.constant(images), window, options);
    INFO(to_string(y.shape()) << " of " << to_string(Shape{extents}) << ' ' << to_string(dtype));
    const auto largest = evaluate(y), places = evaluate(y.result(1)), numbers = images.cast(DType::float64);
    const HeightWidth image{extents[2], extents[3]}, stride = stride_of(options.stride, window);
    const auto size = static_cast<std::size_t>(image.height * image.width);
    Array expected{largest.extents(), dtype}, expected_places{largest.extents(), DType::int32};
    for (std::int64_t i = 0; i < largest.size(); ++i) {
      const auto index = index_at(i, largest.extents());
      const auto plane = static_cast<std::size_t>(index[0] * extents[1] + index[1]);
      const auto numbers_of_plane = numbers.values<double>().subspan(plane * size, size);
      const auto place = search(numbers_of_plane, image,
                                {index[2] * stride.height - options.padding.height,
                                 index[3] * stride.width - options.padding.width},
                                window);
      visit(dtype, [&]<class T>(std::type_identity<T>) {
        expected.values<T>()[static_cast<std::size_t>(i)] =
            static_cast<T>(numbers_of_plane[static_cast<std::size_t>(place)]);
      });
      expected_places.values<std::int32_t>()[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(place);
    }
    CHECK_THAT(largest, equals(expected));
    CHECK_THAT(places, equals(expected_places));
  }
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
  for (const auto set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512})
    for (const std::int64_t stride : {1, 2, 3})
      for (std::int64_t width = 2; width <= 70; width += 1 + width / 40) {
        const InstructionSetLimit limit{set};
        compare_with_search({3, 2, 5, width}, 2, {.stride = stride});
        compare_with_search({3, 2, 5, width}, {3, 2}, {.stride = {2, stride}, .padding = {0, 1}});
        if (width >= 3) compare_with_search({1, 2, 5, width}, 3, {.stride = stride, .padding = 1});
      }
}

TEST_CASE("max_pool2d takes windows that are as wide as the image or wider") {
  compare_with_search({2, 2, 3, 5}, {1, 5}, {.stride = 1});
  compare_with_search({2, 2, 3, 5}, {2, 8}, {.stride = 1, .padding = {1, 4}});
  compare_with_search({2, 2, 2, 1}, {2, 2}, {.stride = 1, .padding = 1});
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
