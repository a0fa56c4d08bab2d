#include <retrograph/autograd/check_gradient.hpp>
#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/catalogue.hpp>
#include <retrograph/ops/pad.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

#include <cmath>

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("pad puts zeros, or another constant, around a tensor") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({2, 2}, {1, 2, 3, 4}));
  CHECK_THAT(evaluate(pad(x, {{1, 0}, {0, 2}})),
             equals(Array::of<float>({3, 4}, {0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0})));
  CHECK_THAT(evaluate(pad(x, {{0, 0}, {1, 1}}, -0.5)),
             equals(Array::of<float>({2, 4}, {-.5f, 1, 2, -.5f, -.5f, 3, 4, -.5f})));
  CHECK_THAT(evaluate(pad(x, {{}, {}})), equals(Array::of<float>({2, 2}, {1, 2, 3, 4})));
}

TEST_CASE("pad takes numbers of every size") {
  for (const auto dtype : all_dtypes) {
    Graph graph;
    const auto x = graph.constant(Array::of<float>({2}, {0, 1}).cast(dtype));
    CHECK_THAT(evaluate(pad(x, {{1, 1}}, 1)), equals(Array::of<float>({4}, {1, 0, 1, 1}).cast(dtype)));
  }
}

TEST_CASE("pad makes something of nothing, and takes a scalar") {
  Graph graph;
  CHECK_THAT(evaluate(pad(graph.constant(Array{{0, 2}}), {{1, 1}, {}}, 3)), equals(Array::full({2, 2}, 3)));
  CHECK_THAT(evaluate(pad(graph.constant(Array::scalar(2.0f)), {})), equals(Array::scalar(2.0f)));
  CHECK_THAT(evaluate(pad(graph.constant(Array::of<float>({1}, {1})), {{0, 1}}, NAN)),
             equals(Array::of<float>({2}, {1, NAN})));
}

TEST_CASE("the gradient of pad is the part of its upstream where x lies") {
  Graph graph;
  const auto batch = graph.dim("batch");
  const auto x = graph.input("x", {batch, 2});
  const auto padded = pad(x, {{1, 2}, {1, 0}}, 7);
  CHECK(to_string(padded.shape()) == "[batch + 3, 3]");
  const auto weights = graph.constant(Array::of<float>({4, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
  const auto y = sum(padded * padded);
  CHECK(to_string(gradient(y, x).shape()) == "[batch, 2]");
  CHECK_THAT(evaluate(gradient(y, x), x.feed(Array::of<float>({1, 2}, {5, 6}))),
             equals(Array::of<float>({1, 2}, {10, 12})));
  const auto fixed = graph.input("fixed", {1, 2});
  CHECK_THAT(evaluate(gradient(sum(pad(fixed, {{1, 2}, {1, 0}}) * weights), fixed)),
             equals(Array::of<float>({1, 2}, {5, 6})));
}

TEST_CASE("pad is differentiable twice where its square is taken") {
  const auto square = [](std::span<const Tensor> x) {
    const auto padded = pad(x[0], {{1, 0}, {0, 2}}, 3);
    return padded * padded;
  };
  CHECK_NOTHROW(check_gradient(square, {sample_numbers({2, 2}, -2, 2)}, {.order = 2}));
}

TEST_CASE("pad refuses paddings that do not fit, and a value that the dtype cannot hold") {
  Graph graph;
  const auto x = graph.input("x", {2, 3});
  CHECK_REFUSED(ShapeError, pad(x, {{1, 1}}), "pad: 1 paddings are given for 2 axes\n  x [2, 3] float32");
  CHECK_REFUSED(ShapeError, pad(x, {{0, 0}, {1, -1}}), "the padding of axis 1 is below 0: 1 and -1");
  CHECK_REFUSED(TypeError, pad(graph.input("i", {1}, DType::int32), {{1, 1}}, 0.5),
                "the number 0.5 is no int32");
}
