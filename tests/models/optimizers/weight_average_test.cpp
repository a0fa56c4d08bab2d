#include <retrograph/models/optimizers/adam.hpp>
#include <retrograph/models/optimizers/sgd.hpp>
#include <retrograph/models/optimizers/weight_average.hpp>

#include "models/optimizers/trajectory.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("the average of the weights follows them, and a state to evaluate with has it in their place") {
  Trajectory trajectory;
  const auto average = average_weights(
      sgd(trajectory.loss, trajectory.graph.parameters(), {.learning_rate = 0.05}), {.decay = 0.8});
  std::vector<Numbers> averages;
  const auto state = trajectory.check(average.updates, [&](auto& parameters, const auto& gradients, int t) {
    for (std::size_t p = 0; p < 2; ++p)
      for (std::size_t i = 0; i < parameters[p].size(); ++i) parameters[p][i] -= 0.05 * gradients[p][i];
    if (t == 1) averages = parameters;
    for (std::size_t p = 0; p < 2; ++p)
      for (std::size_t i = 0; i < parameters[p].size(); ++i)
        averages[p][i] = 0.8 * averages[p][i] + 0.2 * parameters[p][i];
  });
  const auto evaluated = average.averaged(state);
  const auto expected = Array::copy_of<double>({4}, averages[0]);
  CHECK_THAT(evaluated[trajectory.first], equals(expected).within(absolute(1e-10)));
  CHECK_THAT(evaluated[trajectory.second],
             equals(Array::copy_of<double>({3}, averages[1])).within(absolute(1e-10)));
  CHECK_THAT(state.at("average/hidden/weight"), equals(evaluated[trajectory.first]));
  CHECK(std::abs(state[trajectory.first].at(0) - averages[0][0]) > 1e-4);
}

TEST_CASE("an average takes in every third run where gradients accumulate over three") {
  Trajectory trajectory;
  const auto average = average_weights(adam(trajectory.loss, trajectory.graph.parameters(),
                                            {.learning_rate = 0.1, .gradients = {.accumulate = 3}}),
                                       {.decay = 0.5, .every = 3});
  Executable train{trajectory.graph, {.updates = average.updates}};
  auto state = initial_state(trajectory.graph, 1);
  const auto x = Array::full({7}, 0.5, DType::float64);
  double expected = 0;
  for (int run = 1; run <= 9; ++run) {
    const auto before = average.averaged(state)[trajectory.first].at(0);
    train.run(state, trajectory.a.feed(x), trajectory.b.feed(x));
    const auto weight = state[trajectory.first].at(0);
    if (run % 3 == 0) expected = run == 3 ? weight : 0.5 * expected + 0.5 * weight;
    if (run < 3) CHECK(before == weight);  // as the weights are, until there is an average
    if (run >= 3) CHECK(average.averaged(state)[trajectory.first].at(0) == Approx(expected).epsilon(1e-14));
  }
  CHECK(state.at("average/runs").scalar() == 9);
}

TEST_CASE("an average of weights refuses what it cannot do, in words") {
  Trajectory t;
  const auto updates = sgd(t.loss, t.graph.parameters(), {.momentum = 0.5});
  CHECK_REFUSED(GraphError, average_weights(updates, {.decay = 1}),
                "average_weights: the decay 1 is outside [0, 1)");
  CHECK_REFUSED(GraphError, average_weights(updates, {.every = 0}), "not every 0 runs can count");
  CHECK_REFUSED(GraphError, average_weights({updates[0]}), "the updates train no parameter");
  average_weights(updates);
  CHECK_REFUSED(GraphError, average_weights(updates), "the name 'average/runs' is taken");
}
