#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/one_hot.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("one_hot puts a 1 in the place of each index") {
  Graph graph;
  const auto labels = graph.constant(Array::of<std::int32_t>({3}, {2, 0, 1}));
  CHECK_THAT(evaluate(one_hot(labels, 3)), equals(Array::of<float>({3, 3}, {0, 0, 1, 1, 0, 0, 0, 1, 0})));
  CHECK_THAT(evaluate(one_hot(labels, 4, DType::float64)),
             equals(Array::of<double>({3, 4}, {0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0})));
}

TEST_CASE("one_hot takes indices of any rank and integer dtype") {
  for (const auto dtype : {DType::int32, DType::int64, DType::uint8}) {
    Graph graph;
    const auto scalar = graph.constant(Array::full({}, 1, dtype));
    CHECK_THAT(evaluate(one_hot(scalar, 2)), equals(Array::of<float>({2}, {0, 1})));
    const auto matrix = graph.constant(Array::of<float>({1, 2}, {1, 0}).cast(dtype));
    CHECK_THAT(evaluate(one_hot(matrix, 2)), equals(Array::of<float>({1, 2, 2}, {0, 1, 1, 0})));
  }
}

TEST_CASE("one_hot takes a batch and a depth that are bound when it runs") {
  Graph graph;
  const auto batch = graph.dim("batch");
  const auto labels = graph.input("labels", {batch}, DType::int64);
  CHECK(to_string(one_hot(labels, 10).shape()) == "[batch, 10]");
  CHECK_THAT(evaluate(one_hot(labels, batch), labels.feed(Array::of<std::int64_t>({2}, {1, 0}))),
             equals(Array::of<float>({2, 2}, {0, 1, 1, 0})));
}

TEST_CASE("one_hot of many rows is right in each") {
  constexpr std::int64_t rows = 10'000, depth = 7;
  Array indices{{rows}, DType::int32}, expected{{rows, depth}};
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto index = row * row % depth;
    indices.values<std::int32_t>()[static_cast<std::size_t>(row)] = static_cast<std::int32_t>(index);
    expected.values<float>()[static_cast<std::size_t>(row * depth + index)] = 1;
  }
  Graph graph;
  CHECK_THAT(evaluate(one_hot(graph.constant(indices), depth)), equals(expected));
}

TEST_CASE("one_hot of no indices is empty") {
  Graph graph;
  CHECK_THAT(evaluate(one_hot(graph.constant(Array{{0}, DType::int32}), 3)), equals(Array{{0, 3}}));
  CHECK_THAT(evaluate(one_hot(graph.constant(Array{{0, 2}, DType::int32}), 0)), equals(Array{{0, 2, 0}}));
}

TEST_CASE("one_hot refuses an index that is no class and names its row") {
  Graph graph;
  const auto labels = graph.input("labels", {2, 2}, DType::int32);
  const auto rows = one_hot(labels, 10);
  const auto fed = [&](std::int32_t label) {
    return labels.feed(Array::of<std::int32_t>({2, 2}, {0, 9, label, -7}));
  };
  CHECK_REFUSED(FeedError, evaluate(rows, fed(10)),
                "one_hot: the index 10 at [1, 0] is outside of 0 .. 9\n  labels [2, 2] int32");
  CHECK_REFUSED(FeedError, evaluate(rows, fed(-1)), "the index -1 at [1, 0] is outside of 0 .. 9");
  CHECK_REFUSED(FeedError, evaluate(rows, fed(3)), "the index -7 at [1, 1] is outside of 0 .. 9");
  const auto constant = graph.constant(Array::of<std::int32_t>({1}, {3}));
  CHECK_REFUSED(FeedError, evaluate(one_hot(constant, 3)),
                "the index 3 at [0] is outside of 0 .. 2\n  const");
}

TEST_CASE("one_hot gives a row of zeros for an index that is no class if told to") {
  Graph graph;
  const auto labels = graph.constant(Array::of<std::int32_t>({3}, {-100, 1, 2}));
  CHECK_THAT(evaluate(one_hot(labels, 2, DType::float32, OutOfRange::zero_row)),
             equals(Array::of<float>({3, 2}, {0, 0, 0, 1, 0, 0})));
}

TEST_CASE("one_hot refuses floats as indices, integers as results and a negative depth") {
  Graph graph;
  const auto labels = graph.input("labels", {2}, DType::int32);
  CHECK_REFUSED(TypeError, one_hot(graph.input("x", {2}), 3),
                "one_hot: indices are int32, int64 or uint8, not float32");
  CHECK_REFUSED(TypeError, one_hot(labels, 3, DType::int32), "makes float32 or float64, not int32");
  CHECK_REFUSED(ShapeError, one_hot(labels, -1), "the depth is -1");
}
