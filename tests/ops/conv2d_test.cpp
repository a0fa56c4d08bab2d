#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/conv2d.hpp>

#include "support/matchers.hpp"
#include "support/whole_numbers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

const auto image = Array::of<float>({1, 1, 3, 4}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});

Tensor constant(Graph& graph, Extents extents, std::initializer_list<float> numbers) {
  return graph.constant(Array::of<float>(std::move(extents), numbers));
}

}  // namespace

TEST_CASE("conv2d slides a kernel over an image without turning it around") {
  Graph graph;
  const auto x = graph.constant(image), weight = constant(graph, {1, 1, 2, 2}, {1, 10, 100, 1000});
  CHECK_THAT(evaluate(conv2d(x, weight)),
             equals(Array::of<float>({1, 1, 2, 3}, {6521, 7632, 8743, 10965, 12076, 13187})));
}

TEST_CASE("conv2d sums over channels and adds to each filter its bias") {
  Graph graph;
  const auto x = constant(graph, {2, 2, 1, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  const auto weight = constant(graph, {3, 2, 1, 1}, {1, 0, 0, 1, 1, 1}),
             bias = constant(graph, {3}, {100, 200, 300});
  CHECK_THAT(
      evaluate(conv2d(x, weight, bias)),
      equals(Array::of<float>({2, 3, 1, 2}, {101, 102, 203, 204, 304, 306, 105, 106, 207, 208, 312, 314})));
}

TEST_CASE("conv2d pads with zeros, strides and dilates along each axis by its own number") {
  Graph graph;
  const auto x = graph.constant(image), ones = constant(graph, {1, 1, 2, 2}, {1, 1, 1, 1});
  CHECK_THAT(evaluate(conv2d(x, ones, {.padding = {1, 0}})),
             equals(Array::of<float>({1, 1, 4, 3}, {3, 5, 7, 14, 18, 22, 30, 34, 38, 19, 21, 23})));
  CHECK_THAT(evaluate(conv2d(x, ones, {.stride = {1, 2}})),
             equals(Array::of<float>({1, 1, 2, 2}, {14, 22, 30, 38})));
  CHECK_THAT(evaluate(conv2d(x, ones, {.dilation = {2, 3}})), equals(Array::of<float>({1, 1, 1, 1}, {26})));
}

TEST_CASE("conv2d lets the channels of a group see their own filters alone") {
  Graph graph;
  const auto x = constant(graph, {1, 2, 1, 2}, {1, 2, 3, 4});
  const auto weight = constant(graph, {4, 1, 1, 1}, {1, 10, 100, 1000});
  CHECK_THAT(evaluate(conv2d(x, weight, {.groups = 2})),
             equals(Array::of<float>({1, 4, 1, 2}, {1, 2, 10, 20, 300, 400, 3000, 4000})));
}

TEST_CASE("the gradients of conv2d are those worked out by hand") {
  Graph graph;
  const auto x = constant(graph, {1, 1, 2, 3}, {1, 2, 3, 4, 5, 6});
  const auto weight = constant(graph, {1, 1, 2, 2}, {1, 2, 3, 4}), bias = constant(graph, {1}, {7});
  const auto upstream = constant(graph, {1, 1, 1, 2}, {1, 10});
  const std::vector<Tensor> operands{x, weight, bias};
  const auto gradients = gradient(conv2d(x, weight, bias), operands, {.upstream = upstream});
  CHECK_THAT(evaluate(gradients[0]), equals(Array::of<float>({1, 1, 2, 3}, {1, 12, 20, 3, 34, 40})));
  CHECK_THAT(evaluate(gradients[1]), equals(Array::of<float>({1, 1, 2, 2}, {21, 32, 54, 65})));
  CHECK_THAT(evaluate(gradients[2]), equals(Array::of<float>({1}, {11})));
}

TEST_CASE("numbers of an image that no kernel reaches have no gradient") {
  Graph graph;
  const auto x = constant(graph, {1, 1, 1, 4}, {1, 2, 3, 4}), weight = constant(graph, {1, 1, 1, 1}, {5});
  const auto y = conv2d(x, weight, {.stride = 2});
  const auto upstream = constant(graph, {1, 1, 1, 2}, {1, 1});
  CHECK_THAT(evaluate(gradient(y, x, {.upstream = upstream})),
             equals(Array::of<float>({1, 1, 1, 4}, {5, 0, 5, 0})));
}

TEST_CASE("conv2d of no images is empty, and its weight's gradient is zero") {
  Graph graph;
  const auto x = graph.constant(Array{{0, 2, 5, 5}}), weight = graph.constant(Array::full({3, 2, 2, 2}, 1));
  const auto y = conv2d(x, weight);
  CHECK(evaluate(y).extents() == Extents{0, 3, 4, 4});
  const auto upstream = graph.constant(Array{{0, 3, 4, 4}});
  CHECK_THAT(evaluate(gradient(y, weight, {.upstream = upstream})), equals(Array{{3, 2, 2, 2}}));
  CHECK(evaluate(gradient(y, x, {.upstream = upstream})).extents() == Extents{0, 2, 5, 5});
}

TEST_CASE("conv2d refuses what does not fit and says what it must be") {
  Graph graph;
  const auto batch = graph.dim("batch");
  const auto x = graph.input("x", {batch, 4, 8, 8}), weight = graph.input("weight", {6, 4, 3, 3});
  CHECK(conv2d(x, weight).shape() == Shape{batch, 6, 6, 6});
  CHECK_REFUSED(ShapeError, conv2d(graph.input("rows", {batch, 784}), weight),
                "the first operand has 2 axes, not the four of images");
  CHECK_REFUSED(ShapeError, conv2d(graph.input("tall", {batch, 4, graph.dim("height"), 8}), weight),
                "the height of the first operand is 'height': it must be a number");
  CHECK_REFUSED(ShapeError, conv2d(x, graph.input("flat", {6, 4})), "the weight has 2 axes");
  CHECK_REFUSED(ShapeError, conv2d(graph.input("none", {batch, 0, 8, 8}), weight),
                "the first operand has channels 0");
  CHECK_REFUSED(ShapeError, conv2d(x, graph.input("other", {6, 3, 3, 3})),
                "the weight is for 3 channels and there are 4");
  CHECK_REFUSED(ShapeError, conv2d(x, weight, graph.input("bias", {5})), "it must be [6]");
  CHECK_REFUSED(ShapeError, conv2d(x, graph.input("huge", {6, 4, 9, 3})),
                "the window covers 9 numbers of the height, which has 8");
  CHECK_REFUSED(ShapeError, conv2d(x, weight, {.dilation = 4}), "the window covers 9 numbers of the height");
  CHECK_REFUSED(ShapeError, conv2d(x, weight, {.stride = {1, 0}}), "the stride is 1x0");
  CHECK_REFUSED(ShapeError, conv2d(x, weight, {.padding = -1}), "the padding is -1x-1");
  CHECK_REFUSED(ShapeError, conv2d(x, weight, {.groups = 3}), "4 channels are no multiple of 3 groups");
  CHECK_REFUSED(ShapeError, conv2d(x, weight, {.groups = 0}), "there are 0 groups");
  CHECK_REFUSED(TypeError, conv2d(x, graph.input("double", {6, 4, 3, 3}, DType::float64)), "float64");
}

TEST_CASE("the gradients of conv2d as ops refuse an upstream that no such convolution gives") {
  Graph graph;
  const auto x = graph.input("x", {2, 4, 8, 8}), weight = graph.input("weight", {6, 4, 3, 3});
  CHECK_REFUSED(ShapeError, conv2d_input_gradient(weight, graph.input("a", {2, 6, 5, 6}), 8),
                "upstream is 5x6 and the result of the convolution 6x6");
  CHECK_REFUSED(ShapeError, conv2d_input_gradient(weight, graph.input("b", {2, 5, 6, 6}), 8),
                "upstream has 5 channels and the weight 6 filters");
  CHECK_REFUSED(ShapeError, conv2d_weight_gradient(x, graph.input("c", {3, 6, 6, 6}), 3),
                "the batches differ: 2 and 3");
  CHECK(conv2d_weight_gradient(x, graph.input("d", {2, 6, 6, 6}), 3).shape() == Shape{6, 4, 3, 3});
}
