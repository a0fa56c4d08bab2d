#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/layers/batch_norm.hpp>
#include <retrograph/models/layers/layer_norm.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

const auto images = Array::of<double>({2, 2, 1, 2}, {1, 3, 0, 0, 5, 7, 8, 8});

/// The layer in a graph of its own.
struct Net {
  Graph graph;
  Input x;
  BatchNormLayer layer;
  explicit Net(const BatchNormLayerOptions& options)
      : x{graph.input("x", {graph.dim("batch"), 2, 1, 2}, DType::float64)},
        layer{batch_norm(x, "norm", options)} {}
};

}  // namespace

TEST_CASE("the layer batch_norm trains scale and shift, and keeps running statistics beside them") {
  Net net{{}};
  REQUIRE(net.graph.parameters().size() == 2);
  CHECK(net.graph.parameters()[0].name() == "norm/scale");
  CHECK(net.graph.parameters()[1].name() == "norm/shift");
  const auto state = initial_state(net.graph, 1);
  CHECK_THAT(state.at("norm/scale"), equals(Array::full({2}, 1, DType::float64)));
  CHECK_THAT(state.at("norm/shift"), equals(Array::full({2}, 0, DType::float64)));
  CHECK_THAT(state.at("norm/running_mean"), equals(Array::full({2}, 0, DType::float64)));
  CHECK_THAT(state.at("norm/running_variance"), equals(Array::full({2}, 1, DType::float64)));
}

TEST_CASE("running statistics follow those of each batch, the variance as of a sample") {
  Net net{{.momentum = 0.25}};
  auto state = initial_state(net.graph, 1);
  Executable train{net.graph, {.outputs = {net.layer.y}, .updates = net.layer.running}};
  train.run(state, net.x.feed(images));
  // Means 4 and 4; variances 20 / 3 and 64 / 3 with Bessel's correction.
  CHECK_THAT(state.at("norm/running_mean"), equals(Array::of<double>({2}, {1, 1})).within(2_ulp));
  CHECK_THAT(state.at("norm/running_variance"),
             equals(Array::of<double>({2}, {0.75 + 5 / 3.0, 0.75 + 16 / 3.0})).within(4_ulp));
  train.run(state, net.x.feed(images));
  CHECK_THAT(state.at("norm/running_mean"), equals(Array::of<double>({2}, {1.75, 1.75})).within(2_ulp));
}

TEST_CASE("a graph for use takes the running statistics from the state of the training") {
  Net training{{.epsilon = 0}};
  Net use{{.statistics = Statistics::running, .epsilon = 0}};
  CHECK(use.layer.running.empty());
  auto state = initial_state(training.graph, 1);
  state.at("norm/running_mean") = Array::of<double>({2}, {1, 2});
  state.at("norm/running_variance") = Array::of<double>({2}, {4, 16});
  state.at("norm/scale") = Array::of<double>({2}, {10, 100});
  CHECK_THAT(evaluate(use.layer.y, state, use.x.feed(images)),
             equals(Array::of<double>({2, 2, 1, 2}, {0, 10, -50, -50, 20, 30, 150, 150})).within(4_ulp));
}

TEST_CASE("a batch of one number a channel leaves running statistics finite") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch"), 2});
  const auto layer = batch_norm(x, "norm");
  auto state = initial_state(graph, 1);
  Executable train{graph, {.outputs = {layer.y}, .updates = layer.running}};
  train.run(state, x.feed(Array::of<float>({1, 2}, {3, 4})));
  CHECK_THAT(state.at("norm/running_variance"), equals(Array::full({2}, 0.9)).within(1_ulp));
}

TEST_CASE("the layer batch_norm refuses symbols as channels and a momentum beyond 1") {
  Graph graph;
  const auto x = graph.input("x", {4, graph.dim("channels")});
  CHECK_REFUSED(ShapeError, batch_norm(x, "a"), "layer 'a': the last extent is 'channels'");
  CHECK_REFUSED(GraphError, batch_norm(graph.input("y", {4, 2}), "b", {.momentum = 1.5}),
                "layer 'b': the momentum is 1.5");
  CHECK_REFUSED(ShapeError, batch_norm(graph.input("z", {4}), "c"), "the layer takes [batch, channels, ...]");
}

TEST_CASE("the layer layer_norm makes scale and shift of the last axes") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch"), 3, 2});
  const auto y = layer_norm(x, "norm", {.epsilon = 0, .axes = 2});
  REQUIRE(graph.parameters().size() == 2);
  CHECK(graph.parameters()[0].name() == "norm/scale");
  CHECK(graph.parameters()[1].shape() == Shape{3, 2});
  CHECK(y.shape() == x.shape());
  CHECK_THAT(evaluate(y, initial_state(graph, 1), x.feed(Array::of<float>({1, 3, 2}, {1, 1, 1, 3, 3, 3}))),
             equals(Array::of<float>({1, 3, 2}, {-1, -1, -1, 1, 1, 1})).within(4_ulp));
  CHECK_REFUSED(ShapeError, layer_norm(x, "all", {.axes = 3}), "the extent of axis 0 is 'batch'");
  CHECK_REFUSED(ShapeError, layer_norm(x, "none", {.axes = 0}), "0 axes are to be normalized of 3");
}
