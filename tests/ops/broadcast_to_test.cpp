#include <retrograph/autograd/check_gradient.hpp>
#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/broadcast_to.hpp>
#include <retrograph/ops/catalogue.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("broadcast_to repeats a tensor along axes of extent 1 and new ones") {
  Graph graph;
  const auto row = graph.constant(Array::of<float>({2}, {1, 2}));
  const auto column = graph.constant(Array::of<float>({2, 1}, {1, 2}));
  const auto middle = graph.constant(Array::of<float>({2, 1, 2}, {1, 2, 3, 4}));
  CHECK_THAT(evaluate(broadcast_to(row, {3, 2})), equals(Array::of<float>({3, 2}, {1, 2, 1, 2, 1, 2})));
  CHECK_THAT(evaluate(broadcast_to(column, {2, 3})), equals(Array::of<float>({2, 3}, {1, 1, 1, 2, 2, 2})));
  CHECK_THAT(evaluate(broadcast_to(middle, {2, 2, 2})),
             equals(Array::of<float>({2, 2, 2}, {1, 2, 1, 2, 3, 4, 3, 4})));
  CHECK_THAT(evaluate(broadcast_to(graph.constant(Array::scalar(5.0f)), {2, 1, 2})),
             equals(Array::full({2, 1, 2}, 5)));
}

TEST_CASE("broadcast_to of many numbers is right in each") {
  Graph graph;
  const auto x = graph.constant(Array::full({1, 100, 1}, 3));
  CHECK_THAT(evaluate(broadcast_to(x, {30, 100, 20})), equals(Array::full({30, 100, 20}, 3)));
}

TEST_CASE("broadcast_to repeats numbers of every size") {
  for (const auto dtype : all_dtypes) {
    Graph graph;
    const auto x = graph.constant(Array::of<float>({2, 1}, {1, 0}).cast(dtype));
    CHECK_THAT(evaluate(broadcast_to(x, {2, 2})), equals(Array::of<float>({2, 2}, {1, 1, 0, 0}).cast(dtype)));
  }
}

TEST_CASE("the gradient of broadcast_to is its upstream, summed where it was repeated") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({2, 1}, {1, 2}));
  const auto weights = graph.constant(Array::of<float>({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}));
  CHECK_THAT(evaluate(gradient(sum(broadcast_to(x, {2, 2, 2}) * weights), x)),
             equals(Array::of<float>({2, 1}, {1 + 2 + 5 + 6, 3 + 4 + 7 + 8})));
  const auto square = [](std::span<const Tensor> a) {
    const auto y = broadcast_to(a[0], {2, 2, 3});
    return y * y;
  };
  CHECK_NOTHROW(check_gradient(square, {sample_numbers({2, 1}, -2, 2)}, {.order = 2}));
}

TEST_CASE("broadcast_to and its gradient take symbolic extents") {
  Graph graph;
  const auto batch = graph.dim("batch");
  const auto x = graph.input("x", {batch, 1}), like = graph.input("like", {batch, 3});
  const auto y = broadcast_to(x, like.shape());
  const auto dx = gradient(sum(y * like), x);
  CHECK(to_string(dx.shape()) == "[batch, 1]");
  CHECK_THAT(evaluate(dx, x.feed(Array{{1, 1}}), like.feed(Array::of<float>({1, 3}, {1, 2, 3}))),
             equals(Array::of<float>({1, 1}, {6})));
}

TEST_CASE("broadcast_to repeats a tensor no time and an empty one any time") {
  Graph graph;
  CHECK_THAT(evaluate(broadcast_to(graph.constant(Array::scalar(1.0f)), {0, 2})), equals(Array{{0, 2}}));
  CHECK_THAT(evaluate(broadcast_to(graph.constant(Array{{1, 0}}), {3, 0})), equals(Array{{3, 0}}));
}

TEST_CASE("broadcast_to refuses a shape that x does not fill") {
  Graph graph;
  const auto x = graph.input("x", {2, 3});
  const auto words = "broadcast_to: [2, 3] cannot be repeated to fill ";
  CHECK_REFUSED(ShapeError, broadcast_to(x, {2, 4}), words + std::string{"[2, 4]\n  x [2, 3] float32"});
  CHECK_REFUSED(ShapeError, broadcast_to(x, {3}), words + std::string{"[3]"});
  CHECK_REFUSED(ShapeError, broadcast_to(x, {2, 1}), words + std::string{"[2, 1]"});
  CHECK_REFUSED(ShapeError, broadcast_to(x, {graph.dim("batch"), 3}), words + std::string{"[batch, 3]"});
  CHECK_REFUSED(ShapeError, broadcast_to(x, {2, 4}), "hint: extents must be equal, or 1 to be repeated");
}
