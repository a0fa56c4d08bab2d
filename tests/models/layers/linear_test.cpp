#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/layers.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("linear makes weight and bias in its scope and maps each row") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch"), 2});
  const auto y = linear(x, 3, "hidden");
  const auto parameters = graph.parameters();
  REQUIRE(parameters.size() == 2);
  CHECK(parameters[0].name() == "hidden/weight");
  CHECK(parameters[0].shape() == Shape{2, 3});
  CHECK(parameters[1].name() == "hidden/bias");
  CHECK(parameters[1].shape() == Shape{3});
  CHECK(graph.node(y.node()).scope == "hidden");
  CHECK(y.shape() == Shape{graph.dim("batch"), 3});

  State state = initial_state(graph, 1);
  state[parameters[0]] = Array::of<float>({2, 3}, {1, 2, 3, 4, 5, 6});
  state[parameters[1]] = Array::of<float>({3}, {10, 20, 30});
  CHECK_THAT(evaluate(y, state, x.feed(Array::of<float>({2, 2}, {1, 0, 1, 1}))),
             equals(Array::of<float>({2, 3}, {11, 22, 33, 15, 27, 39})));
}

TEST_CASE("linear starts with He's weights and a bias of 0 unless told otherwise") {
  Graph graph;
  const auto x = graph.input("x", {4, 2}, DType::float64);
  linear(x, 3, "default");
  linear(x, 3, "chosen", {.weight = constant(2), .bias = constant(1)});
  const auto state = initial_state(graph, 1);
  const ArrayType weight{DType::float64, {2, 3}};
  CHECK(state.at("default/weight") == he_uniform()(weight, RandomStream{1, "default/weight"}));
  CHECK_THAT(state.at("default/bias"), equals(Array{{3}, DType::float64}));
  CHECK_THAT(state.at("chosen/weight"), equals(Array::full({2, 3}, 2, DType::float64)));
  CHECK_THAT(state.at("chosen/bias"), equals(Array::full({3}, 1, DType::float64)));
}

TEST_CASE("linear without bias is a product, of stacks of rows too") {
  Graph graph;
  const auto x = graph.input("x", {2, 1, 2}, DType::float64);
  const auto y = linear(x, 1, "only", {.weight = constant(3), .bias = no_bias});
  CHECK(graph.parameters().size() == 1);
  CHECK_THAT(evaluate(y, initial_state(graph, 1), x.feed(Array::of<double>({2, 1, 2}, {1, 2, 3, 4}))),
             equals(Array::of<double>({2, 1, 1}, {9, 21})));
}

TEST_CASE("layers nest in the scope that is open") {
  Graph graph;
  const auto x = graph.input("x", {4, 2});
  {
    const auto scope = graph.scope("encoder");
    linear(x, 3, "hidden");
  }
  CHECK(graph.parameters()[0].name() == "encoder/hidden/weight");
}

TEST_CASE("nobody computes the gradient of what the first layer is given") {
  Graph graph;
  const auto x = graph.input("x", {4, 2});
  const auto loss = sum(linear(x, 3, "first"));
  const auto before = graph.node_count();
  gradient(loss, graph.parameters());
  for (auto id = static_cast<NodeId>(before); id < graph.node_count(); ++id)
    CHECK(graph.node(id).results[0].shape != Shape{4, 2});
}

TEST_CASE("linear refuses what weights cannot be made for, with layer and line") {
  Graph graph;
  const auto batch = graph.dim("batch");
  const auto symbolic = graph.input("symbolic", {4, batch});
  const auto scalar = graph.input("scalar", {});
  const auto integers = graph.input("integers", {4, 2}, DType::int32);
  const auto x = graph.input("x", {4, 2});
  linear(x, 3, "taken");
  CHECK_REFUSED(ShapeError, linear(symbolic, 3, "a"),
                "layer 'a': the last extent is 'batch', and weights need a number");
  CHECK_REFUSED(ShapeError, linear(symbolic, 3, "b"), "symbolic [4, batch] float32");
  CHECK_REFUSED(ShapeError, linear(symbolic, 3, "c"), "at linear_test.cpp:" + std::to_string(__LINE__));
  CHECK_REFUSED(ShapeError, linear(scalar, 3, "d"), "layer 'd': the layer takes rows, not a scalar");
  CHECK_REFUSED(TypeError, linear(integers, 3, "e"), "layer 'e': the layer takes floats, not int32");
  CHECK_REFUSED(GraphError, linear(x, 3, "taken"), "the name 'taken/weight' is taken");
  CHECK_REFUSED(ShapeError, linear(x, -1, "f"), "an extent is negative: [2, -1]");
}
