#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/initializers.hpp>
#include <retrograph/models/optimizers/sgd.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/sum.hpp>

#include "models/optimizers/trajectory.hpp"
#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// loss = sum(x * w^2), whose gradient is 2 x w.
struct Bowl {
  Graph graph;
  Input x = graph.input("x", {2}, DType::float64);
  Parameter w = graph.parameter("w", {2}, constant(1), DType::float64);
  Tensor loss = sum(x * w * w);
  Array feed = Array::of<double>({2}, {1, 2});

  /// w after each of `steps` steps.
  std::vector<Array> path(const SgdOptions& options, int steps) {
    Executable train{graph, {.updates = sgd(loss, graph.parameters(), options)}};
    auto state = initial_state(graph, 1);
    std::vector<Array> path;
    for (int step = 0; step < steps; ++step) {
      train.run(state, x.feed(feed));
      path.push_back(state[w]);
    }
    return path;
  }
};

/// Operations in double, a few a step: each rounds by half an ulp.
constexpr auto rounding = 8_ulp;

}  // namespace

TEST_CASE("sgd goes down the gradient") {
  // w <- w - 0.1 * 2 x w: w1 shrinks by 0.8, w2 by 0.6.
  const auto path = Bowl{}.path({.learning_rate = 0.1}, 3);
  CHECK_THAT(path[0], equals(Array::of<double>({2}, {0.8, 0.6})).within(rounding));
  CHECK_THAT(path[1], equals(Array::of<double>({2}, {0.64, 0.36})).within(rounding));
  CHECK_THAT(path[2], equals(Array::of<double>({2}, {0.512, 0.216})).within(rounding));
}

TEST_CASE("sgd with momentum remembers where it went") {
  // First number, g = 2 w, rate 0.1, momentum 0.5:
  //   v = 2            w = 1 - 0.2 = 0.8
  //   v = 1 + 1.6      w = 0.8 - 0.26 = 0.54
  //   v = 1.3 + 1.08   w = 0.54 - 0.238 = 0.302
  // Second number, g = 4 w:
  //   v = 4            w = 0.6
  //   v = 2 + 2.4      w = 0.16
  //   v = 2.2 + 0.64   w = -0.124
  const auto path = Bowl{}.path({.learning_rate = 0.1, .momentum = 0.5}, 3);
  CHECK_THAT(path[0], equals(Array::of<double>({2}, {0.8, 0.6})).within(rounding));
  CHECK_THAT(path[1], equals(Array::of<double>({2}, {0.54, 0.16})).within(rounding));
  CHECK_THAT(path[2], equals(Array::of<double>({2}, {0.302, -0.124})).within(rounding));
}

TEST_CASE("sgd with Nesterov's momentum steps ahead") {
  // g + 0.5 v in place of v:
  //   v = 2            w = 1 - 0.1 (2 + 1) = 0.7
  //   v = 1 + 1.4      w = 0.7 - 0.1 (1.4 + 1.2) = 0.44
  // and for the second number
  //   v = 4            w = 1 - 0.1 (4 + 2) = 0.4
  //   v = 2 + 1.6      w = 0.4 - 0.1 (1.6 + 1.8) = 0.06
  const auto path = Bowl{}.path({.learning_rate = 0.1, .momentum = 0.5, .nesterov = true}, 2);
  CHECK_THAT(path[0], equals(Array::of<double>({2}, {0.7, 0.4})).within(rounding));
  CHECK_THAT(path[1], equals(Array::of<double>({2}, {0.44, 0.06})).within(rounding));
}

TEST_CASE("sgd follows its equations over many steps, with every option") {
  struct Memory {
    double velocity = 0;
  };
  for (const double momentum : {0.0, 0.9})
    for (const double dampening : {0.0, 0.3})
      for (const bool nesterov : {false, true})
        for (const double weight_decay : {0.0, 0.1}) {
          if ((momentum == 0 || nesterov) && dampening > 0) continue;
          if (momentum == 0 && nesterov) continue;
          INFO(momentum << ", dampening " << dampening << ", nesterov " << nesterov << ", decay "
                        << weight_decay);
          Trajectory trajectory;
          const auto updates = sgd(trajectory.loss, trajectory.graph.parameters(),
                                   {.learning_rate = 0.05,
                                    .momentum = momentum,
                                    .dampening = dampening,
                                    .nesterov = nesterov,
                                    .weight_decay = weight_decay});
          trajectory.check(updates, each_number<Memory>([=](double& w, double g, Memory& m, int t) {
                             g += weight_decay * w;
                             m.velocity = t == 1 ? g : momentum * m.velocity + (1 - dampening) * g;
                             const double ahead = g + momentum * m.velocity;
                             w -= 0.05 * (nesterov ? ahead : m.velocity);
                           }));
        }
}

TEST_CASE("sgd takes a tensor as its rate, and follows it as it changes") {
  Bowl bowl;
  const auto rate = bowl.graph.slot("rate", {}, constant(0.1), DType::float64);
  auto updates = sgd(bowl.loss, bowl.graph.parameters(), {.learning_rate = rate});
  updates.push_back(bowl.graph.update(rate, rate / 2));
  Executable train{bowl.graph, {.updates = updates}};
  auto state = initial_state(bowl.graph, 1);
  train.run(state, bowl.x.feed(bowl.feed));
  train.run(state, bowl.x.feed(bowl.feed));
  // The second step has half the rate: 0.8 (1 - 0.1) and 0.6 (1 - 0.2).
  CHECK_THAT(state[bowl.w], equals(Array::of<double>({2}, {0.72, 0.48})).within(rounding));
}

TEST_CASE("sgd gives a group of parameters a rate of its own") {
  Graph graph;
  const auto x = graph.input("x", {}, DType::float64);
  const auto parameter = [&](std::string name) {
    return graph.parameter(std::move(name), {}, constant(1), DType::float64);
  };
  const auto a = parameter("hidden/weight"), b = parameter("hidden/bias"),
             c = parameter("output/last/weight"), d = parameter("alone");
  const auto loss = x * (a + b + c + d);
  const auto stepped = [&](std::vector<ParameterGroup> groups) {
    Executable train{graph,
                     {.updates = sgd(loss, graph.parameters(), {.learning_rate = 0.5, .groups = groups})}};
    auto state = initial_state(graph, 1);
    train.run(state, x.feed(Array::scalar(1.0)));
    return std::vector<double>{state[a].scalar(), state[b].scalar(), state[c].scalar(), state[d].scalar()};
  };
  CHECK(stepped({}) == Numbers{0.5, 0.5, 0.5, 0.5});
  CHECK(stepped({{"output", 0.25}}) == Numbers{0.5, 0.5, 0.75, 0.5});
  CHECK(stepped({{"output/last", 0.25}}) == Numbers{0.5, 0.5, 0.75, 0.5});
  CHECK(stepped({{"*/last", 0.25}}) == Numbers{0.5, 0.5, 0.75, 0.5});
  CHECK(stepped({{"hidden/*", 0.25}}) == Numbers{0.75, 0.75, 0.5, 0.5});
  CHECK(stepped({{"*/weight", 0.25}, {"alone", 0}}) == Numbers{0.75, 0.5, 0.75, 1});
  CHECK(stepped({{"*", 0.25}, {"hid*ias", 0.125}}) == Numbers{0.75, 0.875, 0.75, 0.75});
  CHECK(stepped({{"hidden", 0.25}, {"hidden", 0.125}}) == Numbers{0.875, 0.875, 0.5, 0.5});
}

TEST_CASE("sgd registers its updates and marks its nodes") {
  Graph graph;
  const auto x = graph.input("x", {2});
  const auto scope = [&] { return graph.scope("layer"); };
  const auto w = [&] {
    const auto guard = scope();
    return graph.parameter("weight", {2}, zeros());
  }();
  const auto loss = sum(x * w);
  const auto updates = sgd(loss, graph.parameters(), {.momentum = 0.9});
  REQUIRE(graph.updates().size() == 2);
  REQUIRE(updates.size() == 2);
  CHECK(updates[0].parameter.name() == "sgd/layer/weight/velocity");
  CHECK(updates[1].parameter.is(w));
  for (const auto& update : updates) {
    const auto& node = graph.node(update.value.node());
    CHECK(node.role == Role::update);
    CHECK(node.scope == "sgd/layer");
    CHECK(to_string(node.where).starts_with("sgd_test.cpp"));
  }
  CHECK(graph.parameters().size() == 1);  // a slot is not trained
  CHECK(graph.context().scope.empty());
}

TEST_CASE("sgd refuses what it cannot do, in words") {
  Bowl bowl;
  auto& graph = bowl.graph;
  const auto all = graph.parameters();
  const auto refused = [&](const SgdOptions& options) {
    return message_of<Error>([&] { sgd(bowl.loss, all, options); });
  };
  CHECK_THAT(refused({.momentum = 1}), contains("sgd: the momentum 1 is outside [0, 1)"));
  CHECK_THAT(refused({.momentum = 0.5, .dampening = -1}),
             contains("sgd: the dampening -1 is outside [0, 1)"));
  CHECK_THAT(refused({.nesterov = true}), contains("nesterov without momentum"));
  CHECK_THAT(refused({.dampening = 0.5}), contains("dampening without momentum"));
  CHECK_THAT(refused({.momentum = 0.5, .dampening = 0.5, .nesterov = true}),
             contains("nesterov's step is not defined with dampening"));
  CHECK_THAT(refused({.weight_decay = -0.1}), contains("-0.1 is no weight decay"));
  CHECK_THAT(refused({.learning_rate = -0.1}), contains("-0.1 is no learning rate"));
  CHECK_THAT(refused({.learning_rate = bowl.x}), contains("the learning rate 'x' is [2], not a scalar"));
  CHECK_THAT(refused({.groups = {{"outptu", 0.1}}}), contains("no parameter matches 'outptu'"));
  CHECK_THAT(refused({.groups = {{"outptu", 0.1}}}), contains("hint: there are w"));
  CHECK_REFUSED(GraphError, sgd(bowl.loss, {}), "there are no parameters to train");
  graph.parameter("apart", {2}, zeros(), DType::float64);
  CHECK_REFUSED(GradientError, sgd(bowl.loss, graph.parameters()), "not connected: 'apart'");
}
