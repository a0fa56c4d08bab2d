#include <retrograph/models/optimizers/adamw.hpp>

#include "models/optimizers/trajectory.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("adamw follows its equations over many steps, with every option") {
  struct Memory {
    double first = 0, second = 0, largest = 0;
  };
  for (const bool amsgrad : {false, true})
    for (const double weight_decay : {0.0, 0.3}) {
      INFO("amsgrad " << amsgrad << ", decay " << weight_decay);
      Trajectory trajectory;
      const auto updates = adamw(trajectory.loss, trajectory.graph.parameters(),
                                 {.learning_rate = 0.05,
                                  .beta1 = 0.8,
                                  .beta2 = 0.9,
                                  .epsilon = 1e-3,
                                  .weight_decay = weight_decay,
                                  .amsgrad = amsgrad});
      trajectory.check(updates, each_number<Memory>([=](double& w, double g, Memory& m, int t) {
                         m.first = 0.8 * m.first + 0.2 * g;
                         m.second = 0.9 * m.second + 0.1 * g * g;
                         m.largest = std::max(m.largest, m.second);
                         const double mean = m.first / (1 - std::pow(0.8, t));
                         const double square = (amsgrad ? m.largest : m.second) / (1 - std::pow(0.9, t));
                         w -= 0.05 * 0.3 * (weight_decay > 0) * w + 0.05 * mean / (std::sqrt(square) + 1e-3);
                       }));
    }
}

TEST_CASE("adamw refuses what it cannot do, in its own name") {
  Trajectory t;
  const auto all = t.graph.parameters();
  CHECK_REFUSED(GraphError, adamw(t.loss, all, {.beta1 = 1}), "adamw: the beta 1 is outside [0, 1)");
  CHECK_REFUSED(GraphError, adamw(t.loss, all, {.beta2 = -1}), "adamw: the beta -1 is outside [0, 1)");
  CHECK_REFUSED(GraphError, adamw(t.loss, all, {.epsilon = NAN}),
                "adamw: the epsilon nan is negative or not");
  CHECK_REFUSED(GraphError, adamw(t.loss, all, {.weight_decay = -1}), "-1 is no weight decay");
}
