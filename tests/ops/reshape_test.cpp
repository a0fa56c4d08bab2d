#include <retrograph/autograd/check_gradient.hpp>
#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/catalogue.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("reshape keeps the numbers, rows first") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK_THAT(evaluate(reshape(x, {3, 2})), equals(Array::of<float>({3, 2}, {1, 2, 3, 4, 5, 6})));
  CHECK_THAT(evaluate(reshape(x, {-1})), equals(Array::of<float>({6}, {1, 2, 3, 4, 5, 6})));
  CHECK_THAT(evaluate(reshape(x, {2, -1, 1})), equals(Array::of<float>({2, 3, 1}, {1, 2, 3, 4, 5, 6})));
  CHECK_THAT(evaluate(reshape(graph.constant(Array::of<float>({1, 1}, {7})), {})),
             equals(Array::scalar(7.0f)));
}

TEST_CASE("flatten makes one axis of the last ones") {
  Graph graph;
  const auto images = graph.input("images", {graph.dim("batch"), 28, 28});
  CHECK(to_string(flatten(images).shape()) == "[batch, 784]");
  CHECK(to_string(flatten(images, 0).shape()) == "[784*batch]");
  CHECK(to_string(flatten(images, -1).shape()) == "[batch, 28, 28]");
  CHECK(to_string(flatten(images, 3).shape()) == "[batch, 28, 28, 1]");
  CHECK(to_string(flatten(graph.input("v", {5})).shape()) == "[5, 1]");
}

TEST_CASE("expand_dims adds an axis of extent 1 and squeeze drops those") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch"), 3});
  CHECK(to_string(expand_dims(x, 0).shape()) == "[1, batch, 3]");
  CHECK(to_string(expand_dims(x, 1).shape()) == "[batch, 1, 3]");
  CHECK(to_string(expand_dims(x, -1).shape()) == "[batch, 3, 1]");
  const auto y = graph.input("y", {1, graph.dim("batch"), 1});
  CHECK(to_string(squeeze(y).shape()) == "[batch]");
  CHECK(to_string(squeeze(y, 0).shape()) == "[batch, 1]");
  CHECK(to_string(squeeze(y, {0, -1}).shape()) == "[batch]");
}

TEST_CASE("reshape copies nothing when it runs") {
  Graph graph;
  const auto x = graph.input("x", {2, 3});
  Executable executable{graph, {.outputs = {squeeze(expand_dims(flatten(x * 2), 0)) + 1}}};
  CHECK_THAT(executable.run(x.feed(Array::of<float>({2, 3}, {1, 2, 3, 4, 5, 6}))).at(0),
             equals(Array::of<float>({2, 3}, {3, 5, 7, 9, 11, 13})));
  CHECK_THAT(executable.plan(), contains(" 1 blocks of 24 bytes"));
}

TEST_CASE("the gradient of a reshape is its upstream in the old shape") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch"), 2, 2});
  const auto flat = flatten(x);
  const auto dx = gradient(sum(flat * flat), x);
  CHECK(to_string(dx.shape()) == "[batch, 2, 2]");
  CHECK_THAT(evaluate(dx, x.feed(Array::of<float>({1, 2, 2}, {1, 2, 3, 4}))),
             equals(Array::of<float>({1, 2, 2}, {2, 4, 6, 8})));
  const auto square = [](std::span<const Tensor> a) {
    const auto y = reshape(a[0], {3, -1});
    return y * y;
  };
  CHECK_NOTHROW(check_gradient(square, {sample_numbers({2, 3}, -2, 2)}, {.order = 2}));
}

TEST_CASE("reshape finds what a -1 stands for among symbols") {
  Graph graph;
  const auto batch = graph.dim("batch"), time = graph.dim("time");
  const auto to = [](const Tensor& x, Shape shape) { return to_string(reshape(x, shape).shape()); };
  const auto x = graph.input("x", {batch, time, 6});
  CHECK(to(x, {-1, 6}) == "[batch*time, 6]");
  CHECK(to(x, {batch * time, -1}) == "[batch*time, 6]");
  CHECK(to(x, {time, -1, 2}) == "[time, 3*batch, 2]");
  CHECK(to(x, {batch, -1}) == "[batch, 6*time]");
  const auto longer = graph.input("longer", {batch + 1, 4, time + 2});
  CHECK(to(longer, {batch + 1, -1, time + 2}) == "[batch + 1, 4, time + 2]");
  CHECK(to(longer, {2, batch + 1, -1, 2, time + 2}) == "[2, batch + 1, 1, 2, time + 2]");
}

TEST_CASE("reshape takes empty tensors") {
  Graph graph;
  const auto x = graph.constant(Array{{0, 4}});
  CHECK_THAT(evaluate(reshape(x, {-1, 2})), equals(Array{{0, 2}}));
  CHECK_THAT(evaluate(reshape(x, {3, 0})), equals(Array{{3, 0}}));
  CHECK_REFUSED(ShapeError, reshape(x, {0, -1}), "reshape: 0 numbers do not fill [0, -1]");
}

TEST_CASE("reshape refuses shapes of another count") {
  Graph graph;
  const auto batch = graph.dim("batch");
  const auto x = graph.input("x", {batch, 6});
  CHECK_REFUSED(ShapeError, reshape(x, {batch, 5}),
                "reshape: [batch, 6] has 6*batch numbers and [batch, 5] has 5*batch\n  x [batch, 6] float32");
  CHECK_REFUSED(ShapeError, reshape(x, {-1, 4}), "6*batch numbers do not fill [-1, 4]");
  CHECK_REFUSED(ShapeError, reshape(x, {-1, -1}), "more than one extent of [-1, -1] is -1");
  CHECK_REFUSED(ShapeError, reshape(x, {batch, -2, -3}), "an extent of [batch, -2, -3] is negative");
}

TEST_CASE("flatten, expand_dims and squeeze refuse axes that are not there or not 1") {
  Graph graph;
  const auto x = graph.input("x", {2, graph.dim("batch")});
  CHECK_REFUSED(ShapeError, flatten(x, 3), "flatten: axis 3 is outside of a tensor of rank 2");
  CHECK_REFUSED(ShapeError, flatten(graph.input("s", {})),
                "flatten: axis 1 is outside of a tensor of rank 0");
  CHECK_REFUSED(ShapeError, expand_dims(x, 3), "expand_dims: axis 3 is outside of a tensor of rank 3");
  CHECK_REFUSED(ShapeError, squeeze(x, 0), "squeeze: axis 0 has extent 2, not 1\n  x [2, batch] float32");
  CHECK_REFUSED(ShapeError, squeeze(x, 1), "squeeze: axis 1 has extent batch, not 1");
  CHECK_REFUSED(ShapeError, squeeze(x, 2), "squeeze: axis 2 is outside of a tensor of rank 2");
}
