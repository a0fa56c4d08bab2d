#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/gather.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/counted.hpp"
#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

Array indices(Extents extents, std::initializer_list<std::int32_t> values) {
  return Array::of<std::int32_t>(std::move(extents), values);
}

}  // namespace

TEST_CASE("gather takes the rows that indices name") {
  Graph graph;
  const auto x = graph.constant(counted({3, 2}));
  CHECK_THAT(evaluate(gather(x, graph.constant(indices({4}, {2, 0, 2, 1})))),
             equals(Array::of<float>({4, 2}, {4, 5, 0, 1, 4, 5, 2, 3})));
}

TEST_CASE("gather puts the axes of the indices in place of the axis") {
  Graph graph;
  const auto x = graph.constant(counted({2, 3, 2}));
  const auto matrix = graph.constant(indices({2, 1}, {2, 0}));
  CHECK_THAT(evaluate(gather(x, matrix, 1)),
             equals(Array::of<float>({2, 2, 1, 2}, {4, 5, 0, 1, 10, 11, 6, 7})));
  const auto scalar = graph.constant(indices({}, {1}));
  CHECK_THAT(evaluate(gather(x, scalar, -1)), equals(Array::of<float>({2, 3}, {1, 3, 5, 7, 9, 11})));
}

TEST_CASE("gather takes numbers and indices of every size") {
  for (const auto dtype : all_dtypes)
    for (const auto index_dtype : {DType::int32, DType::int64, DType::uint8}) {
      Graph graph;
      const auto x = graph.constant(Array::of<float>({3}, {0, 1, 1}).cast(dtype));
      const auto places = graph.constant(indices({2}, {1, 0}).cast(index_dtype));
      CHECK_THAT(evaluate(gather(x, places)), equals(Array::of<float>({2}, {1, 0}).cast(dtype)));
    }
}

TEST_CASE("gather of many rows is right in each") {
  constexpr std::int64_t count = 40'000, extent = 1000;
  Array places{{count}, DType::int64}, expected{{count, 3}};
  for (std::int64_t i = 0; i < count; ++i) {
    const auto row = i * 7919 % extent;
    places.values<std::int64_t>()[static_cast<std::size_t>(i)] = row;
    for (std::int64_t column = 0; column < 3; ++column)
      expected.values<float>()[static_cast<std::size_t>(3 * i + column)] =
          static_cast<float>(3 * row + column);
  }
  Graph graph;
  CHECK_THAT(evaluate(gather(graph.constant(counted({extent, 3})), graph.constant(places))),
             equals(expected));
}

TEST_CASE("scatter_add sums the rows of an index and leaves 0 where there is none") {
  Graph graph;
  const auto rows = graph.constant(Array::of<float>({4, 2}, {1, 2, 3, 4, 5, 6, 7, 8}));
  const auto places = graph.constant(indices({4}, {2, 0, 2, 0}));
  CHECK_THAT(evaluate(scatter_add(rows, places, 4)),
             equals(Array::of<float>({4, 2}, {10, 12, 0, 0, 6, 8, 0, 0})));
  CHECK_THAT(evaluate(scatter_add(rows, graph.constant(indices({2}, {1, 1})), 3, -1)),
             equals(Array::of<float>({4, 3}, {0, 3, 0, 0, 7, 0, 0, 11, 0, 0, 15, 0})));
}

TEST_CASE("scatter_add is right for rows wider than what one thread takes") {
  constexpr std::int64_t width = 1000;
  Array rows{{3, width}}, expected{{2, width}};
  for (std::int64_t column = 0; column < width; ++column) {
    const auto at = [&](Array& array, std::int64_t row) -> float& {
      return array.values<float>()[static_cast<std::size_t>(row * width + column)];
    };
    at(rows, 0) = static_cast<float>(column);
    at(rows, 1) = 2;
    at(rows, 2) = 3;
    at(expected, 1) = static_cast<float>(column) + 3;
    at(expected, 0) = 2;
  }
  Graph graph;
  CHECK_THAT(evaluate(scatter_add(graph.constant(rows), graph.constant(indices({3}, {1, 0, 1})), 2)),
             equals(expected));
}

TEST_CASE("scatter_add sums in the order of the indices, with the same bits for any number of threads") {
  constexpr std::int64_t count = 5000, width = 600;
  Array rows{{count, width}}, places{{count}, DType::int32};
  const RandomStream random{1, "rows"};
  std::uint64_t place = 0;
  for (auto& number : rows.values<float>()) number = static_cast<float>(random.uniform(place++));
  for (auto& index : places.values<std::int32_t>())
    index = static_cast<std::int32_t>(random.bits(place++) % 10);
  Graph graph;
  const auto x = graph.input("x", {count, width});
  const auto sums = scatter_add(x, graph.constant(places), 10);
  Array in_order{{10, width}};
  for (std::int64_t row = 0; row < count; ++row)
    for (std::int64_t column = 0; column < width; ++column)
      in_order.values<float>()[static_cast<std::size_t>(
          places.values<std::int32_t>()[static_cast<std::size_t>(row)] * width + column)] +=
          rows.values<float>()[static_cast<std::size_t>(row * width + column)];
  for (const int threads : {1, 2, 3, 8}) {
    Executable executable{graph, {.outputs = {sums}, .threads = threads}};
    CHECK(executable.run(x.feed(rows)).at(0) == in_order);
  }
}

TEST_CASE("the gradient of gather sums upstream where a row was taken twice") {
  Graph graph;
  const auto x = graph.constant(counted({3}));
  const auto taken = gather(x, graph.constant(indices({4}, {2, 0, 2, 2})));
  const auto weights = graph.constant(Array::of<float>({4}, {1, 10, 100, 1000}));
  CHECK_THAT(evaluate(gradient(sum(taken * weights), x)), equals(Array::of<float>({3}, {10, 0, 1101})));
}

TEST_CASE("gather and its gradient take extents that are bound when they run") {
  Graph graph;
  const auto batch = graph.dim("batch"), words = graph.dim("words");
  const auto x = graph.input("x", {words, 2});
  const auto places = graph.input("places", {batch}, DType::int32);
  const auto taken = gather(x, places);
  CHECK(to_string(taken.shape()) == "[batch, 2]");
  const auto dx = gradient(sum(taken * taken), x);
  CHECK(to_string(dx.shape()) == "[words, 2]");
  CHECK_THAT(evaluate(dx, x.feed(counted({2, 2})), places.feed(indices({3}, {1, 1, 0}))),
             equals(Array::of<float>({2, 2}, {0, 2, 8, 12})));
}

TEST_CASE("gather takes empty operands") {
  Graph graph;
  const auto none = graph.constant(Array{{0}, DType::int32});
  CHECK_THAT(evaluate(gather(graph.constant(counted({3, 2})), none)), equals(Array{{0, 2}}));
  CHECK_THAT(evaluate(gather(graph.constant(Array{{0, 2}}), none)), equals(Array{{0, 2}}));
  CHECK_THAT(evaluate(gather(graph.constant(Array{{2, 0}}), graph.constant(indices({1}, {1})))),
             equals(Array{{1, 0}}));
  CHECK_THAT(evaluate(scatter_add(graph.constant(Array{{0, 2}}), none, 2)), equals(Array{{2, 2}}));
}

TEST_CASE("gather refuses an index outside of the axis, naming place and value") {
  Graph graph;
  const auto x = graph.input("x", {3, 2});
  const auto places = graph.input("places", {2, 2}, DType::int32);
  const auto taken = gather(x, places), given = scatter_add(graph.input("rows", {2, 2}), places, 3);
  const auto run = [&](std::int32_t index) {
    return evaluate(taken, x.feed(counted({3, 2})), places.feed(indices({2, 2}, {0, 2, index, 9})));
  };
  CHECK_REFUSED(FeedError, run(3), "gather: the index 3 at [1, 0] is outside of 0 .. 2\n");
  CHECK_REFUSED(FeedError, run(-1), "the index -1 at [1, 0] is outside of 0 .. 2");
  CHECK_REFUSED(FeedError, run(0), "the index 9 at [1, 1] is outside of 0 .. 2");
  CHECK_REFUSED(FeedError,
                evaluate(given, Input{graph.inputs().back()}.feed(counted({2, 2})),
                         places.feed(indices({2, 2}, {0, 0, 0, 3}))),
                "scatter_add: the index 3 at [1, 1] is outside of 0 .. 2");
}

TEST_CASE("gather and scatter_add refuse axes, dtypes and shapes that do not fit") {
  Graph graph;
  const auto x = graph.input("x", {3, 2});
  const auto places = graph.input("places", {4}, DType::int32);
  CHECK_REFUSED(ShapeError, gather(x, places, 2), "gather: axis 2 is outside of a tensor of rank 2");
  CHECK_REFUSED(TypeError, gather(x, x), "gather: indices are int32, int64 or uint8, not float32");
  CHECK_REFUSED(ShapeError, scatter_add(x, places, 3),
                "scatter_add: the rows are [3] from axis 0 on, the indices [4]");
  CHECK_REFUSED(ShapeError, scatter_add(graph.input("s", {}), places, 3),
                "the rows have fewer axes than the indices");
  CHECK_REFUSED(ShapeError, scatter_add(x, graph.input("i", {3}, DType::int32), -2), "the extent is -2");
}
