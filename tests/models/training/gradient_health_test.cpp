#include <retrograph/models/layers.hpp>
#include <retrograph/models/mlp.hpp>
#include <retrograph/models/optimizers/adam.hpp>
#include <retrograph/models/optimizers/sgd.hpp>
#include <retrograph/models/training/fit.hpp>
#include <retrograph/models/training/gradient_health.hpp>
#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/sum.hpp>

#include "models/blobs.hpp"
#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

std::vector<LayerHealth> look(const Tensor& loss, const Updates& updates, const State& state,
                              const Feed& feed, int looks = 1) {
  const GradientHealth health{loss, updates};
  Executable executable{loss.graph(), {.outputs = health.outputs(), .threads = 1}};
  std::vector<LayerHealth> layers;
  for (int i = 0; i < looks; ++i) health.add(executable.run(state, feed), 0, layers);
  return layers;
}

Parameter weight(Graph& graph, std::string_view scope, Shape shape, double value) {
  const auto guard = graph.scope(scope);
  return graph.parameter("weight", std::move(shape), constant(value));
}

}  // namespace

TEST_CASE("steps are counted that are rate times gradient, layer by layer, look by look") {
  Graph graph;
  const auto x = graph.input("x", {5});
  const auto first = weight(graph, "first", {5}, 2), second = weight(graph, "second", {5}, -1);
  const auto loss = sum(first * x) + sum(second * x * 0.01f);  // the gradients are x and x / 100
  const auto updates = sgd(loss, graph.parameters(), {.learning_rate = 10});
  const auto layers = look(loss, updates, initial_state(graph, 1),
                           x.feed(Array::of<float>({5}, {0.5f, -0.05f, 0, 5e-9f, -INFINITY})), 2);
  REQUIRE(layers.size() == 2);
  const auto& a = layers[0];
  CHECK(a.layer == "first");
  CHECK(a.rate == 10);
  CHECK(a.looks == 2);
  CHECK(a.steps == 10);
  CHECK(a.too_large == 2);  // 5
  CHECK(a.too_small == 2);  // 5e-8
  CHECK(a.zero == 2);
  CHECK(a.not_finite == 2);
  CHECK(a.largest == 5);
  CHECK(a.update_ratio() == Approx(std::sqrt((25 + 0.25) / 20)).epsilon(1e-6));
  const auto& b = layers[1];
  CHECK(b.layer == "second");
  CHECK(b.too_large == 0);
  CHECK(b.largest == Approx(0.05).epsilon(1e-6));  // two roundings of a float
}

TEST_CASE("steps of any optimizer are what it takes from its parameter") {
  Graph graph;
  const auto x = graph.input("x", {2});
  const auto w = weight(graph, "layer", {2}, 1);
  const auto loss = sum(w * x);
  const auto updates = adam(loss, graph.parameters(), {.learning_rate = 0.25});
  const auto layers = look(loss, updates, initial_state(graph, 1), x.feed(Array::of<float>({2}, {100, -3})));
  REQUIRE(layers.size() == 1);
  CHECK(layers[0].rate == 0.25);
  CHECK(layers[0].steps == 2);  // slots are none
  CHECK(layers[0].largest ==
        Approx(0.25).epsilon(1e-6));  // Adam's first step is the rate, whatever the gradient

  // An update that is no subtraction.
  const auto halved = look(loss, {graph.update(w, w * 0.25f)}, initial_state(graph, 1),
                           x.feed(Array::of<float>({2}, {0, 0})));
  CHECK(halved[0].largest == 0.75);
  CHECK(halved[0].rate == 0);
}

TEST_CASE("units of a relu are dead that never gave anything, and inputs saturated beyond 7") {
  Graph graph;
  const auto x = graph.input("x", {2, 3});
  const auto w = weight(graph, "hidden", {3}, 1);
  const auto units = relu(x * w);
  const auto v = weight(graph, "output", {3}, 10);
  const auto loss = sum(tanh(units * v));
  const auto layers = look(loss, sgd(loss, graph.parameters()), initial_state(graph, 1),
                           x.feed(Array::of<float>({2, 3}, {-1, -1, 1, -2, 0.5f, 0.7f})));
  REQUIRE(layers.size() == 2);
  CHECK(layers[0].alive == std::vector<std::uint8_t>{0, 1, 1});
  CHECK(layers[0].dead_units() == 1);
  CHECK(layers[0].inputs == 0);
  CHECK(layers[1].inputs == 6);
  CHECK(layers[1].saturated == 1);  // 10 alone; 7 is at the limit
}

TEST_CASE("what is wrong with a layer is told with numbers, reason and cure") {
  const auto only = [](const LayerHealth& layer, double loss = 1) {
    const auto sentences = findings(std::vector{layer}, loss);
    return sentences.size() == 1 ? sentences[0] : std::to_string(sentences.size()) + " findings";
  };
  CHECK(only({.layer = "output", .rate = 10, .steps = 310, .too_large = 94, .largest = 9.9}) ==
        "output: 94 of 310 steps larger than 1 at learning rate 10; try --layer-rate output=0.1");
  CHECK_THAT(only({.layer = "output", .steps = 310, .too_large = 94, .largest = 9.9}),
             contains("94 of 310 steps larger than 1; try a smaller rate"));
  CHECK_THAT(only({.layer = "a", .rate = 1, .steps = 9, .not_finite = 2}),
             contains("a: 2 of 9 steps are not finite at learning rate 1; try a tenth"));
  CHECK_THAT(only({.layer = "a", .steps = 100, .too_small = 60}),
             contains("though the loss is 1: gradients vanish"));
  CHECK_THAT(only({.layer = "a", .steps = 100, .too_small = 60}, 0.01),
             contains("as the loss is by now 0.01"));
  CHECK_THAT(only({.layer = "a", .steps = 100, .zero = 97}), contains("97 of 100 steps are 0"));
  CHECK_THAT(only({.layer = "a", .alive = {1, 0, 1, 1}}), contains("1 of 4 units gave 0"));
  CHECK_THAT(only({.layer = "a", .inputs = 10, .saturated = 3}), contains("3 of 10 inputs"));
  CHECK_THAT(only({.layer = "a", .step_squares = 4, .weight_squares = 100}),
             contains("by 0.2 of their size"));
  CHECK(findings(std::vector<LayerHealth>{{.layer = "a", .step_squares = 4, .weight_squares = 100}}, 1,
                 {.too_fast = 0.3})
            .empty());
  CHECK_THAT(only({.layer = "a", .step_squares = 1e-18, .weight_squares = 100}), contains("hardly learns"));
  CHECK(only({.layer = "a",
              .rate = 0.1,
              .steps = 100,
              .too_small = 40,
              .zero = 50,
              .largest = 0.9,
              .step_squares = 1,
              .weight_squares = 1e4,
              .inputs = 100,
              .saturated = 9,
              .alive = std::vector<std::uint8_t>(100, 1)}) == "0 findings");
}

TEST_CASE("the cures for a layer do not contradict each other, and reasons are told apart") {
  const auto all = [](const LayerHealth& layer, double loss = 2.3) {
    return findings(std::vector{layer}, loss);
  };
  // Steps are small as the rate is, or as the gradients are.
  const auto small_rate = all({.layer = "a", .rate = 1e-7, .steps = 100, .too_small = 99, .largest = 2e-10});
  REQUIRE(small_rate.size() == 1);
  CHECK_THAT(small_rate[0],
             contains("at learning rate 1e-07, though the loss is 2.3: the rate is too small for "
                      "gradients of up to 0.002; try a larger one"));
  const auto vanished = all({.layer = "a", .rate = 0.1, .steps = 100, .too_small = 99, .largest = 2e-10});
  REQUIRE(vanished.size() == 1);
  CHECK_THAT(vanished[0], contains("gradients vanish on their way here; try a larger rate for it, or relu"));
  const auto of_relu = all({.layer = "a", .steps = 100, .too_small = 99, .alive = {1, 1}});
  REQUIRE(of_relu.size() == 1);
  CHECK(of_relu[0].ends_with("try a larger rate for it"));

  // Where some steps are too large, it is no cure for the small ones to make all of them larger.
  const auto both =
      all({.layer = "a", .rate = 3, .steps = 100, .too_large = 7, .too_small = 90, .largest = 3});
  REQUIRE(both.size() == 1);
  CHECK_THAT(both[0], contains("try --layer-rate a=0.03"));
  const auto not_finite =
      all({.layer = "a", .rate = 1e10, .steps = 100, .too_large = 7, .not_finite = 90, .largest = 3e9});
  REQUIRE(not_finite.size() == 2);
  CHECK(not_finite[0].find("try") == std::string::npos);
  CHECK_THAT(not_finite[1], contains("try --layer-rate a=0.1"));

  // Weights that rest as their gradients are 0 need no larger rate.
  CHECK(all({.layer = "a", .rate = 10, .steps = 100, .zero = 94, .step_squares = 1e-30, .weight_squares = 1})
            .empty());
}

TEST_CASE("the first step of a training is not judged by first weights that are near 0 on purpose") {
  Graph graph;
  const auto model = mlp(graph, {.inputs = 2, .hidden = {6}, .classes = 4});
  auto state = initial_state(graph, 1);
  const auto data = blobs(40, 1);
  const auto reports = fit(model, sgd(model.loss, graph.parameters(), {.learning_rate = 0.5}), state, data,
                           data, {.epochs = 2, .batch_size = 40, .threads = 1, .health = HealthOptions{}});
  for (const auto& layer : reports[0].health) {
    CHECK(layer.looks == 1);
    CHECK(layer.largest > 0);
    CHECK(layer.update_ratio() == 0);  // of no step
  }
  for (const auto& layer : reports[1].health) CHECK(layer.update_ratio() > 0);
}

TEST_CASE("where gradients accumulate over runs, it is looked at the runs that move the parameters") {
  Graph graph;
  const auto model = mlp(graph, {.inputs = 2, .hidden = {6}, .classes = 4});
  const auto updates =
      sgd(model.loss, graph.parameters(), {.learning_rate = 0.5, .gradients = {.accumulate = 2}});
  auto state = initial_state(graph, 1);
  const auto data = blobs(40, 1);
  const auto reports = fit(model, updates, state, data, data,
                           {.epochs = 2, .batch_size = 4, .threads = 1, .health = HealthOptions{.every = 3}});
  for (const auto& report : reports)
    for (const auto& layer : report.health) {
      CHECK(layer.looks == 4);  // at steps 1, 3, 7 and 9, the next that move after 0, 3, 6 and 9
      CHECK(layer.rate == 0.5);
      CHECK(layer.zero < layer.steps / 2);
      CHECK(layer.largest > 0);
    }
}

TEST_CASE("looking at a training changes none of its bits, and is reported each epoch anew") {
  const auto train = [](std::optional<HealthOptions> health) {
    Graph graph;
    const auto model = mlp(graph, {.inputs = 2, .hidden = {6}, .classes = 4});
    const auto updates = sgd(model.loss, graph.parameters(), {.learning_rate = 0.5, .momentum = 0.9});
    auto state = initial_state(graph, 1);
    const auto data = blobs(40, 1);
    auto reports = fit(model, updates, state, data, data,
                       {.epochs = 2, .batch_size = 4, .threads = 1, .health = health});
    return std::pair{std::move(state), std::move(reports)};
  };
  const auto [state, reports] = train({});
  const auto [watched_state, watched] = train(HealthOptions{.every = 3});
  for (std::size_t index = 0; index < state.size(); ++index)
    CHECK(watched_state.array(index) == state.array(index));
  CHECK(reports[0].health.empty());
  for (const auto& report : watched) {
    REQUIRE(report.health.size() == 2);
    CHECK(report.health[0].layer == "hidden");
    CHECK(report.health[0].looks == 4);  // of steps 1, 4, 7 and 10
    CHECK(report.health[0].steps == 4 * (2 * 6 + 6));
    CHECK(report.health[0].alive.size() == 6);
    CHECK(report.health[1].steps == 4 * (6 * 4 + 4));
    CHECK(report.health[1].largest > 0);
  }
  CHECK(watched[0].health[0].largest != watched[1].health[0].largest);
  CHECK_REFUSED(DataError, train(HealthOptions{.every = 0}), "a look every 0 steps");
}
