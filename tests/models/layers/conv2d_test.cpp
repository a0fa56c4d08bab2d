#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/layers/conv2d.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("the layer conv2d makes weight and bias in its scope and slides them over images") {
  Graph graph;
  const auto batch = graph.dim("batch");
  const auto x = graph.input("x", {batch, 2, 2, 3});
  const auto y = conv2d(x, 3, {1, 2}, "conv");
  const auto parameters = graph.parameters();
  REQUIRE(parameters.size() == 2);
  CHECK(parameters[0].name() == "conv/weight");
  CHECK(parameters[0].shape() == Shape{3, 2, 1, 2});
  CHECK(parameters[1].name() == "conv/bias");
  CHECK(graph.node(y.node()).scope == "conv");
  CHECK(y.shape() == Shape{batch, 3, 2, 2});

  State state = initial_state(graph, 1);
  state[parameters[0]] = Array::of<float>({3, 2, 1, 2}, {1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 1, 1});
  state[parameters[1]] = Array::of<float>({3}, {10, 20, 30});
  CHECK_THAT(evaluate(y, state, x.feed(Array::of<float>({1, 2, 2, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3}))),
             equals(Array::of<float>({1, 3, 2, 2}, {11, 12, 14, 15, 22, 23, 25, 26, 48, 52, 42, 46})));
}

TEST_CASE("the layer conv2d passes its options on and starts with He's weights, counted over the kernel") {
  Graph graph;
  const auto x = graph.input("x", {2, 4, 9, 9}, DType::float64);
  const auto y = conv2d(x, 6, 3, "conv",
                        {.stride = {2, 1}, .padding = 1, .dilation = {1, 2}, .groups = 2, .bias = no_bias});
  CHECK(y.shape() == Shape{2, 6, 5, 7});
  REQUIRE(graph.parameters().size() == 1);
  const auto weight = initial_state(graph, 1).at("conv/weight");
  CHECK(weight.extents() == Extents{6, 2, 3, 3});
  const ArrayType as_matrix{DType::float64, {18, 6}};
  CHECK_THAT(Array{weight}.reshaped({18, 6}),
             equals(he_uniform()(as_matrix, RandomStream{1, "conv/weight"})));
}

TEST_CASE("the layer conv2d refuses what weights cannot be made for, with layer and line") {
  Graph graph;
  const auto batch = graph.dim("batch");
  const auto x = graph.input("x", {batch, 4, 8, 8});
  conv2d(x, 3, 3, "taken");
  CHECK_REFUSED(ShapeError, conv2d(graph.input("rows", {batch, 784}), 3, 3, "a"),
                "layer 'a': the layer takes images [batch, channels, height, width]");
  CHECK_REFUSED(ShapeError, conv2d(graph.input("symbolic", {1, batch, 8, 8}), 3, 3, "b"),
                "layer 'b': the extent of axis 1 is 'batch', and weights need a number");
  CHECK_REFUSED(TypeError, conv2d(graph.input("integers", {1, 1, 8, 8}, DType::int32), 3, 3, "c"),
                "layer 'c': the layer takes floats, not int32");
  CHECK_REFUSED(ShapeError, conv2d(x, 3, 9, "d"), "at conv2d_test.cpp:" + std::to_string(__LINE__));
  CHECK_REFUSED(ShapeError, conv2d(x, 3, 3, "e", {.groups = 0}), "there are 0 groups");
  CHECK_REFUSED(ShapeError, conv2d(x, -3, 3, "f"), "an extent is negative");
  CHECK_REFUSED(GraphError, conv2d(x, 3, 3, "taken"), "the name 'taken/weight' is taken");
}
