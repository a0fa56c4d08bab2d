#include <retrograph/autograd/check_gradient.hpp>
#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/catalogue.hpp>
#include <retrograph/ops/concat.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/counted.hpp"
#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {}  // namespace

TEST_CASE("concat lays tensors one behind the other along an axis") {
  Graph graph;
  const auto a = graph.constant(Array::of<float>({2, 2}, {1, 2, 3, 4}));
  const auto b = graph.constant(Array::of<float>({1, 2}, {5, 6}));
  const auto c = graph.constant(Array::of<float>({2, 1}, {7, 8}));
  CHECK_THAT(evaluate(concat({a, b, b})), equals(Array::of<float>({4, 2}, {1, 2, 3, 4, 5, 6, 5, 6})));
  CHECK_THAT(evaluate(concat({c, a}, -1)), equals(Array::of<float>({2, 3}, {7, 1, 2, 8, 3, 4})));
  CHECK_THAT(evaluate(concat({a})), equals(Array::of<float>({2, 2}, {1, 2, 3, 4})));
}

TEST_CASE("stack lays tensors side by side along a new axis") {
  Graph graph;
  const auto a = graph.constant(Array::of<float>({2}, {1, 2}));
  const auto b = graph.constant(Array::of<float>({2}, {3, 4}));
  CHECK_THAT(evaluate(stack({a, b, a})), equals(Array::of<float>({3, 2}, {1, 2, 3, 4, 1, 2})));
  CHECK_THAT(evaluate(stack({a, b, a}, -1)), equals(Array::of<float>({2, 3}, {1, 3, 1, 2, 4, 2})));
  const auto scalar = graph.constant(Array::scalar(5.0f));
  CHECK_THAT(evaluate(stack({scalar, scalar})), equals(Array::of<float>({2}, {5, 5})));
}

TEST_CASE("split is the inverse of concat") {
  Graph graph;
  const auto x = graph.constant(counted({2, 6}));
  const auto thirds = split(x, 3, 1);
  REQUIRE(thirds.size() == 3);
  CHECK_THAT(evaluate(thirds[1]), equals(Array::of<float>({2, 2}, {2, 3, 8, 9})));
  const auto parts = split(x, {1, 0, 5}, -1);
  CHECK_THAT(evaluate(parts[0]), equals(Array::of<float>({2, 1}, {0, 6})));
  CHECK_THAT(evaluate(parts[1]), equals(Array{{2, 0}}));
  CHECK_THAT(evaluate(concat(parts, 1)), equals(counted({2, 6})));
}

TEST_CASE("concat, stack and split move numbers of every size") {
  for (const auto dtype : all_dtypes) {
    Graph graph;
    const auto x = graph.constant(Array::of<float>({2, 2}, {1, 0, 1, 1}).cast(dtype));
    const auto columns = split(x, 2, 1);
    CHECK_THAT(evaluate(concat({columns[1], columns[0]}, 1)),
               equals(Array::of<float>({2, 2}, {0, 1, 1, 1}).cast(dtype)));
    CHECK_THAT(evaluate(stack({columns[1], columns[0]})),
               equals(Array::of<float>({2, 2, 1}, {0, 1, 1, 1}).cast(dtype)));
  }
}

TEST_CASE("concat and stack take empty tensors") {
  Graph graph;
  const auto none = graph.constant(Array{{0, 2}}), some = graph.constant(counted({1, 2}));
  CHECK_THAT(evaluate(concat({none, some, none})), equals(counted({1, 2})));
  CHECK_THAT(evaluate(concat({none, none}, 1)), equals(Array{{0, 4}}));
  CHECK_THAT(evaluate(stack({none, none}, 1)), equals(Array{{0, 2, 2}}));
}

TEST_CASE("concat and split of many numbers are right in each") {
  Graph graph;
  const auto x = graph.constant(counted({300, 200}));
  const auto parts = split(x, {1, 64, 135}, 1);
  CHECK_THAT(evaluate(concat({parts[0], parts[1], parts[2]}, 1)), equals(counted({300, 200})));
}

TEST_CASE("the gradients of concat and stack are the parts of their upstream") {
  Graph graph;
  const auto a = graph.constant(counted({1})), b = graph.constant(counted({2}));
  const auto weights = graph.constant(Array::of<float>({3}, {1, 10, 100}));
  const std::vector operands{a, b};
  const auto gradients = gradient(sum(concat({a, b}) * weights), operands);
  CHECK_THAT(evaluate(gradients[0]), equals(Array::of<float>({1}, {1})));
  CHECK_THAT(evaluate(gradients[1]), equals(Array::of<float>({2}, {10, 100})));

  const auto more_weights = graph.constant(Array::of<float>({2, 2}, {1, 2, 3, 4}));
  CHECK_THAT(evaluate(gradient(sum(stack({b, b * 2}, 1) * more_weights), b)),
             equals(Array::of<float>({2}, {1 + 4, 3 + 8})));
}

TEST_CASE("the gradient of split is 0 for the parts that nobody uses") {
  Graph graph;
  const auto x = graph.constant(counted({5}));
  CHECK_THAT(evaluate(gradient(sum(split(x, {2, 1, 2})[1] * 3), x)),
             equals(Array::of<float>({5}, {0, 0, 3, 0, 0})));
}

TEST_CASE("concat, stack and split are differentiable twice where products are taken") {
  const std::vector numbers{sample_numbers({2, 4}, -2, 2), sample_numbers({2, 4}, 1, 3)};
  const auto joined = [](std::span<const Tensor> x) { return concat({x[0], x[1]}) * concat({x[1], x[1]}); };
  const auto stacked = [](std::span<const Tensor> x) {
    return stack({x[0], x[1]}, 1) * stack({x[1], x[1]}, 1);
  };
  const auto parted = [](std::span<const Tensor> x) {
    const auto parts = split(x[0], {1, 2, 1}, 1);
    return parts[0] * parts[1] * split(x[1], 2, 1)[1];
  };
  CHECK_NOTHROW(check_gradient(joined, numbers, {.order = 2}));
  CHECK_NOTHROW(check_gradient(stacked, numbers, {.order = 2}));
  CHECK_NOTHROW(check_gradient(parted, numbers, {.order = 2}));
}

TEST_CASE("concat, split and their gradients take symbolic extents") {
  Graph graph;
  const auto batch = graph.dim("batch");
  const auto a = graph.input("a", {batch, 2}), b = graph.input("b", {batch, 2});
  const auto joined = concat({a, b});
  CHECK(to_string(joined.shape()) == "[2*batch, 2]");
  CHECK(to_string(split(joined, 2)[1].shape()) == "[batch, 2]");
  CHECK(to_string(stack({a, b}).shape()) == "[2, batch, 2]");
  const auto db = gradient(sum(joined * joined), b);
  CHECK(to_string(db.shape()) == "[batch, 2]");
  CHECK_THAT(evaluate(db, a.feed(Array{{1, 2}}), b.feed(counted({1, 2}))),
             equals(Array::of<float>({1, 2}, {0, 2})));
  const auto parts = split(joined, {batch, batch});
  CHECK_THAT(evaluate(parts[1], a.feed(Array{{3, 2}}), b.feed(counted({3, 2}))), equals(counted({3, 2})));
}

TEST_CASE("concat and stack name the tensor that does not fit") {
  Graph graph;
  const auto a = graph.input("a", {2, 3}), b = graph.input("b", {2, 4}), c = graph.input("c", {3, 3});
  const auto i = graph.input("i", {2, 3}, DType::int32);
  CHECK_REFUSED(ShapeError, concat({a, c, b}),
                "concat: 'b' is [2, 4] and 'a' [2, 3]\n  a [2, 3] float32\n  c [3, 3] float32");
  CHECK_REFUSED(ShapeError, concat({a, c, b}), "hint: they may differ on axis 0 alone");
  CHECK_REFUSED(ShapeError, concat({a, graph.input("v", {3})}), "'v' is [3] and 'a' [2, 3]");
  CHECK_REFUSED(ShapeError, stack({a, a, b}), "stack: 'b' is [2, 4] and 'a' [2, 3]");
  CHECK_REFUSED(ShapeError, stack({a, a, b}), "at concat_test.cpp:" + std::to_string(__LINE__));
  CHECK_REFUSED(TypeError, concat({a, i}), "concat: 'i' is int32 and 'a' float32");
  CHECK_REFUSED(ShapeError, concat({}), "concat: there is no tensor to join");
  CHECK_REFUSED(ShapeError, stack({}), "stack: there is no tensor to join");
  CHECK_REFUSED(ShapeError, concat({a}, 2), "concat: axis 2 is outside of a tensor of rank 2");
  CHECK_REFUSED(ShapeError, stack({a}, 3), "stack: axis 3 is outside of a tensor of rank 3");
}

TEST_CASE("split refuses parts that do not make up the extent") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch"), 6});
  CHECK_REFUSED(ShapeError, split(x, 4, 1),
                "split: 6 on axis 1 does not divide into 4 equal parts\n  x [batch, 6] float32");
  CHECK_REFUSED(ShapeError, split(x, 2), "batch on axis 0 does not divide into 2 equal parts");
  CHECK_REFUSED(ShapeError, split(x, 0, 1), "does not divide into 0 equal parts");
  CHECK_REFUSED(ShapeError, split(x, {2, 3}, 1), "split: the parts come to 5, axis 1 has 6");
  CHECK_REFUSED(ShapeError, split(x, {7, -1}, 1), "a part has the extent -1");
  CHECK_REFUSED(ShapeError, split(x, std::vector<Dim>{}, 1), "there are no parts");
}
