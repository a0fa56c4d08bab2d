#include <retrograph/models/optimizers/adagrad.hpp>

#include "models/optimizers/trajectory.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("adagrad follows its equations over many steps, with every option") {
  struct Memory {
    double sum = 0;
  };
  for (const double rate_decay : {0.0, 0.1})
    for (const double start : {0.0, 0.5})
      for (const double weight_decay : {0.0, 0.1}) {
        INFO("rate_decay " << rate_decay << ", start " << start << ", decay " << weight_decay);
        Trajectory trajectory;
        const auto updates = adagrad(trajectory.loss, trajectory.graph.parameters(),
                                     {.learning_rate = 0.2,
                                      .rate_decay = rate_decay,
                                      .initial_accumulator = start,
                                      .epsilon = 1e-2,
                                      .weight_decay = weight_decay});
        trajectory.check(updates, each_number<Memory>([=](double& w, double g, Memory& m, int t) {
                           g += weight_decay * w;
                           m.sum += g * g + (t == 1 ? start : 0);
                           w -= 0.2 / (1 + (t - 1) * rate_decay) * g / (std::sqrt(m.sum) + 1e-2);
                         }));
      }
}

TEST_CASE("adagrad's first step is the learning rate, and its slots are named after it") {
  Trajectory trajectory;
  const auto updates =
      adagrad(trajectory.loss, trajectory.graph.parameters(), {.learning_rate = 0.5, .epsilon = 0});
  const auto state = trajectory.check(
      updates, each_number<char>([](double& w, double g, char&, int) { w -= g > 0 ? 0.5 : -0.5; }), 1);
  CHECK(state.at("adagrad/hidden/weight/sum_of_squares").size() == 4);
}

TEST_CASE("adagrad refuses what it cannot do, in words") {
  Trajectory t;
  const auto all = t.graph.parameters();
  CHECK_REFUSED(GraphError, adagrad(t.loss, all, {.rate_decay = -1}),
                "adagrad: the rate_decay -1 is negative");
  CHECK_REFUSED(GraphError, adagrad(t.loss, all, {.initial_accumulator = -1}),
                "adagrad: the initial_accumulator -1 is negative");
  CHECK_REFUSED(GraphError, adagrad(t.loss, all, {.epsilon = -1}), "adagrad: the epsilon -1 is negative");
}
