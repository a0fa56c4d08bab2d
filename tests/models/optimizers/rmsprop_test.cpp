#include <retrograph/models/optimizers/rmsprop.hpp>

#include "models/optimizers/trajectory.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("rmsprop follows its equations over many steps, with every option") {
  struct Memory {
    double first = 0, second = 0, velocity = 0;
  };
  for (const bool centered : {false, true})
    for (const double momentum : {0.0, 0.7})
      for (const double weight_decay : {0.0, 0.1}) {
        INFO("centered " << centered << ", momentum " << momentum << ", decay " << weight_decay);
        Trajectory trajectory;
        const auto updates = rmsprop(trajectory.loss, trajectory.graph.parameters(),
                                     {.learning_rate = 0.01,
                                      .alpha = 0.8,
                                      .epsilon = 1e-2,
                                      .momentum = momentum,
                                      .centered = centered,
                                      .weight_decay = weight_decay});
        trajectory.check(updates, each_number<Memory>([=](double& w, double g, Memory& m, int) {
                           g += weight_decay * w;
                           m.first = 0.8 * m.first + 0.2 * g;
                           m.second = 0.8 * m.second + 0.2 * g * g;
                           const double square = centered ? m.second - m.first * m.first : m.second;
                           m.velocity = momentum * m.velocity + g / (std::sqrt(square) + 1e-2);
                           w -= 0.01 * m.velocity;
                         }));
      }
}

TEST_CASE("rmsprop, centred, takes a variance below 0 for 0") {
  // Gradients that are always the same: once alpha^t is gone, the variance is what rounding leaves of 0.
  Graph graph;
  const auto w = graph.parameter("w", {9}, uniform(0.1, 1), DType::float64);
  const auto x = graph.input("x", {9}, DType::float64);
  const auto updates =
      rmsprop(sum(x * w), graph.parameters(), {.learning_rate = 1e-9, .alpha = 0.3, .centered = true});
  Executable train{graph, {.updates = updates, .check_finite = true}};
  auto state = initial_state(graph, 1);
  const auto gradient = Array::of<double>({9}, {0.1, 0.2, 0.3, 0.7, 1.1, 1.3, 1.7, 1.9, 2.3});
  for (int step = 0; step < 100; ++step) train.run(state, x.feed(gradient));
  CHECK(std::isfinite(state[w].at(0)));
}

TEST_CASE("rmsprop refuses what it cannot do, in words") {
  Trajectory t;
  const auto all = t.graph.parameters();
  CHECK_REFUSED(GraphError, rmsprop(t.loss, all, {.alpha = 1}), "rmsprop: the alpha 1 is outside [0, 1)");
  CHECK_REFUSED(GraphError, rmsprop(t.loss, all, {.epsilon = -1}), "rmsprop: the epsilon -1 is negative");
  CHECK_REFUSED(GraphError, rmsprop(t.loss, all, {.momentum = 2}), "rmsprop: the momentum 2 is outside");
}
