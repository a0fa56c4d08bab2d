#include <retrograph/models/optimizers/reduce_on_plateau.hpp>
#include <retrograph/models/optimizers/sgd.hpp>

#include "models/optimizers/trajectory.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// The rate after each epoch with these losses.
std::vector<double> rates(const PlateauOptions& options, const std::vector<double>& losses) {
  Graph graph;
  const ReduceOnPlateau plateau{graph, 1, options};
  auto state = initial_state(graph, 1);
  std::vector<double> rates;
  for (const auto loss : losses) {
    const auto before = state[plateau.learning_rate()].scalar();
    const bool lowered = plateau.observe(state, loss);
    rates.push_back(state[plateau.learning_rate()].scalar());
    CHECK(lowered == (rates.back() < before));
    const State saved = state;  // all there is to know is in the state
    state = saved;
  }
  return rates;
}

using Rates = std::vector<double>;

}  // namespace

TEST_CASE("the rate is lowered when the loss has not fallen for more epochs than patience allows") {
  CHECK(rates({.factor = 0.5, .patience = 1}, {5, 4, 4, 4, 4, 4, 3, 3}) ==
        Rates{1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25});
  CHECK(rates({.factor = 0.5, .patience = 0}, {5, NAN, 4, 6}) == Rates{1, 0.5, 0.5, 0.25});
}

TEST_CASE("a loss must fall by the threshold to be progress, below 0 too") {
  CHECK(rates({.factor = 0.5, .patience = 0, .threshold = 0.1}, {10, 9.5, 8.9}) == Rates{1, 0.5, 0.5});
  CHECK(rates({.factor = 0.5, .patience = 0, .threshold = 0.1}, {-10, -10.5, -11.1}) == Rates{1, 0.5, 0.5});
}

TEST_CASE("after a reduction, epochs of cooldown do not count, and the rate has a floor") {
  CHECK(rates({.factor = 0.5, .patience = 0, .cooldown = 2}, {5, 5, 5, 5, 5}) ==
        Rates{1, 0.5, 0.5, 0.5, 0.25});
  CHECK(rates({.factor = 0.25, .patience = 0, .least_rate = 0.5}, {5, 5, 5}) == Rates{1, 0.5, 0.5});
  CHECK(rates({.factor = 0.25, .patience = 0, .least_rate = 2}, {5, 5}) == Rates{1, 1});
}

TEST_CASE("descent follows the rate that a plateau has lowered") {
  Trajectory t;
  const ReduceOnPlateau plateau{t.graph, 0.05, {.factor = 0.5, .patience = 0}};
  const auto updates = sgd(t.loss, t.graph.parameters(), {.learning_rate = plateau.learning_rate()});
  Executable train{t.graph, {.updates = updates}};
  auto state = initial_state(t.graph, 1);
  const auto a = Array{{7}, DType::float64}, b = Array::full({7}, 1, DType::float64);
  double expected = state[t.first].at(0);
  for (const double rate : {0.05, 0.05, 0.025}) {  // the first loss is the best so far
    expected -= rate * std::cos(expected);
    train.run(state, t.a.feed(a), t.b.feed(b));
    plateau.observe(state, 1);
    CHECK(state[t.first].at(0) == Approx(expected).epsilon(1e-14));
  }
}

TEST_CASE("reduce_on_plateau refuses what it cannot do, in words") {
  Graph graph;
  const auto refused = [&](double rate, const PlateauOptions& options) {
    return message_of<GraphError>([&] { ReduceOnPlateau(graph, rate, options); });
  };
  CHECK_THAT(refused(-1, {}), contains("reduce_on_plateau: the learning rate -1 is negative"));
  CHECK_THAT(refused(1, {.factor = 1}), contains("reduce_on_plateau: the factor 1 is outside [0, 1)"));
  CHECK_THAT(refused(1, {.patience = -1}), contains("reduce_on_plateau: the patience -1 is negative"));
  CHECK_THAT(refused(1, {.threshold = -1}), contains("the threshold -1 is negative"));
  CHECK_THAT(refused(1, {.cooldown = -1}), contains("the cooldown -1 is negative"));
  CHECK_THAT(refused(1, {.least_rate = -1}), contains("the least rate -1 is negative"));
  const ReduceOnPlateau first{graph, 1};
  CHECK_THAT(refused(1, {}), contains("the name 'plateau/learning_rate' is taken"));
}
