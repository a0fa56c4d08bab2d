#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/sum.hpp>
#include <retrograph/ops/transpose.hpp>

#include "support/matchers.hpp"

#include <algorithm>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// 0, 1, 2, ... and anew after 250, so that every dtype but bool holds them.
Array counted(Extents extents) {
  Array array{std::move(extents)};
  auto values = array.values<float>();
  for (std::size_t place = 0; place < values.size(); ++place) values[place] = static_cast<float>(place % 251);
  return array;
}

/// The definition, number by number.
Array transposed_plainly(const Array& x, const std::vector<std::size_t>& permutation) {
  Extents extents;
  for (const auto axis : permutation) extents.push_back(x.extents()[axis]);
  Array y{extents};
  const auto strides = row_major_strides(x.extents());
  Extents index(extents.size());
  for (auto& number : y.values<float>()) {
    std::int64_t place = 0;
    for (std::size_t axis = 0; axis < index.size(); ++axis) place += index[axis] * strides[permutation[axis]];
    number = x.values<float>()[static_cast<std::size_t>(place)];
    for (auto axis = index.size(); axis-- > 0 && ++index[axis] == extents[axis];) index[axis] = 0;
  }
  return y;
}

}  // namespace

TEST_CASE("transpose reverses the axes by default") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK_THAT(evaluate(transpose(x)), equals(Array::of<float>({3, 2}, {1, 4, 2, 5, 3, 6})));
  const auto cube = graph.constant(counted({2, 1, 3}));
  CHECK_THAT(evaluate(transpose(cube)), equals(Array::of<float>({3, 1, 2}, {0, 3, 1, 4, 2, 5})));
}

TEST_CASE("transpose agrees with its definition for every order of four axes") {
  const auto x = counted({3, 4, 2, 5});
  std::vector<std::int64_t> permutation{0, 1, 2, 3};
  do {
    Graph graph;
    INFO(to_string(permutation));
    CHECK_THAT(evaluate(transpose(graph.constant(x), permutation)),
               equals(transposed_plainly(x, {permutation.begin(), permutation.end()})));
  } while (std::next_permutation(permutation.begin(), permutation.end()));
}

TEST_CASE("transpose is right around the edges of its tiles and of their blocks, for numbers of every size") {
  for (const auto dtype : {DType::uint8, DType::int32, DType::float64})
    for (const std::int64_t rows : {1, 2, 3, 4, 5, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100})
      for (const std::int64_t columns : {1, 3, 4, 17, 31, 32, 33, 64, 65}) {
        Graph graph;
        INFO(rows << " x " << columns << " " << to_string(dtype));
        const auto x = counted({2, rows, columns});
        CHECK_THAT(evaluate(matrix_transpose(graph.constant(x.cast(dtype)))),
                   equals(transposed_plainly(x, {0, 2, 1}).cast(dtype)));
      }
}

TEST_CASE("transpose moves numbers of every size") {
  for (const auto dtype : all_dtypes) {
    Graph graph;
    const auto x = Array::of<float>({2, 3}, {1, 0, 0, 1, 1, 0}).cast(dtype);
    CHECK_THAT(evaluate(transpose(graph.constant(x))),
               equals(Array::of<float>({3, 2}, {1, 1, 0, 1, 0, 0}).cast(dtype)));
  }
}

TEST_CASE("the gradient of transpose is its upstream with the axes put back") {
  Graph graph;
  const auto x = graph.constant(counted({2, 3, 4}));
  const auto weights = graph.constant(counted({4, 2, 3}));
  CHECK_THAT(evaluate(gradient(sum(transpose(x, {2, 0, 1}) * weights), x)),
             equals(evaluate(transpose(weights, {1, 2, 0}))));
}

TEST_CASE("transpose carries symbols along") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch"), 3, graph.dim("time")});
  CHECK(to_string(transpose(x, {-1, 0, 1}).shape()) == "[time, batch, 3]");
  CHECK_THAT(evaluate(matrix_transpose(x), x.feed(counted({2, 3, 1}))), equals(counted({2, 1, 3})));
}

TEST_CASE("two transposes in a row are run as one") {
  Graph graph;
  const auto x = graph.input("x", {2, 3, 4});
  const auto y = transpose(transpose(x, {1, 2, 0}), {0, 2, 1});
  Executable executable{graph, {.outputs = {y}}};
  CHECK_THAT(executable.run(x.feed(counted({2, 3, 4}))).at(0),
             equals(transposed_plainly(counted({2, 3, 4}), {1, 0, 2})));
  CHECK_THAT(executable.plan(), contains("1 steps"));
}

TEST_CASE("a transpose that leaves the numbers in their order copies nothing") {
  Graph graph;
  const auto x = graph.input("x", {3, 1, 2});
  const auto y = graph.input("y", {1, 2, 3});
  const auto kept = transpose(x, {1, 0, 2}), back = transpose(transpose(y));
  Executable executable{graph, {.outputs = {kept + 1, back + 1}}};
  const auto results = executable.run(x.feed(counted({3, 1, 2})), y.feed(counted({1, 2, 3})));
  CHECK_THAT(results.at(0), equals(Array::of<float>({1, 3, 2}, {1, 2, 3, 4, 5, 6})));
  CHECK_THAT(results.at(1), equals(Array::of<float>({1, 2, 3}, {1, 2, 3, 4, 5, 6})));
  CHECK_THAT(executable.plan(), contains(" 2 blocks of 48 bytes"));
}

TEST_CASE("transpose takes empty tensors and scalars") {
  Graph graph;
  CHECK_THAT(evaluate(transpose(graph.constant(Array{{0, 3}}))), equals(Array{{3, 0}}));
  CHECK_THAT(evaluate(transpose(graph.constant(Array::scalar(2.0f)))), equals(Array::scalar(2.0f)));
}

TEST_CASE("transpose refuses what names an axis twice, not at all or outside") {
  Graph graph;
  const auto x = graph.input("x", {2, 3});
  CHECK_REFUSED(ShapeError, transpose(x, {0, 0}),
                "transpose: [0, 0] does not name each of the 2 axes once\n  x [2, 3] float32");
  CHECK_REFUSED(ShapeError, transpose(x, {0}), "[0] does not name each of the 2 axes once");
  CHECK_REFUSED(ShapeError, transpose(x, {0, 2}), "axis 2 is outside of a tensor of rank 2");
  CHECK_REFUSED(ShapeError, transpose(x, {0, 2}), "at transpose_test.cpp:" + std::to_string(__LINE__));
  CHECK_REFUSED(ShapeError, matrix_transpose(graph.input("v", {2})),
                "matrix_transpose: a matrix has two axes");
}
