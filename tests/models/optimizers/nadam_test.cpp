#include <retrograph/models/optimizers/nadam.hpp>

#include "models/optimizers/trajectory.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("nadam follows its equations over many steps, with every option") {
  struct Memory {
    double first = 0, second = 0, product = 1;
  };
  for (const bool decoupled : {false, true})
    for (const double weight_decay : {0.0, 0.3}) {
      INFO("decoupled " << decoupled << ", decay " << weight_decay);
      Trajectory trajectory;
      const auto updates = nadam(trajectory.loss, trajectory.graph.parameters(),
                                 {.learning_rate = 0.05,
                                  .beta1 = 0.8,
                                  .beta2 = 0.9,
                                  .epsilon = 1e-3,
                                  .momentum_decay = 0.02,
                                  .weight_decay = weight_decay,
                                  .decoupled_weight_decay = decoupled});
      trajectory.check(updates, each_number<Memory>([=](double& w, double g, Memory& m, int t) {
                         if (decoupled)
                           w *= 1 - 0.05 * weight_decay;
                         else
                           g += weight_decay * w;
                         const double now = 0.8 * (1 - 0.5 * std::pow(0.96, t * 0.02));
                         const double next = 0.8 * (1 - 0.5 * std::pow(0.96, (t + 1) * 0.02));
                         m.product *= now;
                         m.first = 0.8 * m.first + 0.2 * g;
                         m.second = 0.9 * m.second + 0.1 * g * g;
                         const double ahead = next * m.first / (1 - m.product * next);
                         const double here = (1 - now) * g / (1 - m.product);
                         const double square = m.second / (1 - std::pow(0.9, t));
                         w -= 0.05 * (ahead + here) / (std::sqrt(square) + 1e-3);
                       }));
    }
}

TEST_CASE("nadam refuses what it cannot do, in words") {
  Trajectory t;
  const auto all = t.graph.parameters();
  CHECK_REFUSED(GraphError, nadam(t.loss, all, {.beta1 = 1}), "nadam: the beta 1 is outside [0, 1)");
  CHECK_REFUSED(GraphError, nadam(t.loss, all, {.epsilon = -1}), "nadam: the epsilon -1 is negative");
  CHECK_REFUSED(GraphError, nadam(t.loss, all, {.momentum_decay = -1}),
                "nadam: the momentum_decay -1 is negative");
}
