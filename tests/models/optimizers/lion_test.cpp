#include <retrograph/models/optimizers/lion.hpp>

#include "models/optimizers/trajectory.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("lion follows its equations over many steps, with every option") {
  struct Memory {
    double momentum = 0;
  };
  for (const double weight_decay : {0.0, 0.3}) {
    INFO("decay " << weight_decay);
    Trajectory trajectory;
    const auto updates =
        lion(trajectory.loss, trajectory.graph.parameters(),
             {.learning_rate = 0.02, .beta1 = 0.8, .beta2 = 0.95, .weight_decay = weight_decay});
    trajectory.check(updates, each_number<Memory>([=](double& w, double g, Memory& m, int) {
                       const double mix = 0.8 * m.momentum + 0.2 * g;
                       m.momentum = 0.95 * m.momentum + 0.05 * g;
                       w -= 0.02 * ((mix > 0) - (mix < 0) + weight_decay * w);
                     }));
  }
}

TEST_CASE("lion refuses what it cannot do, in words") {
  Trajectory t;
  const auto all = t.graph.parameters();
  CHECK_REFUSED(GraphError, lion(t.loss, all, {.beta1 = 1}), "lion: the beta 1 is outside [0, 1)");
  CHECK_REFUSED(GraphError, lion(t.loss, all, {.beta2 = -1}), "lion: the beta -1 is outside [0, 1)");
}
