#include <retrograph/models/optimizers/adadelta.hpp>

#include "models/optimizers/trajectory.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("adadelta follows its equations over many steps, with every option") {
  struct Memory {
    double squares = 0, steps = 0;
  };
  for (const double weight_decay : {0.0, 0.1}) {
    INFO("decay " << weight_decay);
    Trajectory trajectory;
    const auto updates =
        adadelta(trajectory.loss, trajectory.graph.parameters(),
                 {.learning_rate = 0.7, .rho = 0.8, .epsilon = 1e-3, .weight_decay = weight_decay});
    trajectory.check(updates, each_number<Memory>([=](double& w, double g, Memory& m, int) {
                       g += weight_decay * w;
                       m.squares = 0.8 * m.squares + 0.2 * g * g;
                       const double step = std::sqrt(m.steps + 1e-3) / std::sqrt(m.squares + 1e-3) * g;
                       m.steps = 0.8 * m.steps + 0.2 * step * step;
                       w -= 0.7 * step;
                     }));
  }
}

TEST_CASE("adadelta refuses what it cannot do, in words") {
  Trajectory t;
  const auto all = t.graph.parameters();
  CHECK_REFUSED(GraphError, adadelta(t.loss, all, {.rho = 1}), "adadelta: the rho 1 is outside [0, 1)");
  CHECK_REFUSED(GraphError, adadelta(t.loss, all, {.epsilon = -1}), "adadelta: the epsilon -1 is negative");
}
