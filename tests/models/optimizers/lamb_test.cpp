#include <retrograph/models/optimizers/lamb.hpp>

#include "models/optimizers/trajectory.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

double norm(const Numbers& numbers) {
  double sum = 0;
  for (const auto number : numbers) sum += number * number;
  return std::sqrt(sum);
}

/// Algorithm 2 with phi the identity, a layer a parameter.
Reference reference(double weight_decay) {
  return [=, firsts = std::vector<Numbers>(2, Numbers(4)), seconds = std::vector<Numbers>(2, Numbers(4))](
             auto& parameters, const auto& gradients, int t) mutable {
    for (std::size_t p = 0; p < 2; ++p) {
      auto& w = parameters[p];
      Numbers r(w.size());
      for (std::size_t i = 0; i < w.size(); ++i) {
        auto &first = firsts[p][i], &second = seconds[p][i];
        const double g = gradients[p][i];
        first = 0.8 * first + 0.2 * g;
        second = 0.9 * second + 0.1 * g * g;
        r[i] = first / (1 - std::pow(0.8, t)) / (std::sqrt(second / (1 - std::pow(0.9, t))) + 1e-3) +
               weight_decay * w[i];
      }
      const double trust = norm(w) / norm(r);
      for (std::size_t i = 0; i < w.size(); ++i) w[i] -= 0.05 * trust * r[i];
    }
  };
}

}  // namespace

TEST_CASE("lamb follows its equations over many steps, with every option") {
  for (const double weight_decay : {0.0, 0.3}) {
    INFO("decay " << weight_decay);
    Trajectory trajectory;
    const auto updates = lamb(
        trajectory.loss, trajectory.graph.parameters(),
        {.learning_rate = 0.05, .beta1 = 0.8, .beta2 = 0.9, .epsilon = 1e-3, .weight_decay = weight_decay});
    trajectory.check(updates, reference(weight_decay));
  }
}

TEST_CASE("lamb moves a parameter that is 0, and leaves one without gradient where it is") {
  Graph graph;
  const auto x = graph.input("x", {2}, DType::float64);
  const auto zero = graph.parameter("zero", {2}, zeros(), DType::float64);
  const auto one = graph.parameter("one", {2}, constant(1), DType::float64);
  const auto updates = lamb(sum(x * zero) + sum(x * 0 * one), graph.parameters(),
                            {.learning_rate = 0.5, .epsilon = 0.25, .weight_decay = 0});
  Executable train{graph, {.updates = updates}};
  auto state = initial_state(graph, 1);
  train.run(state, x.feed(Array::of<double>({2}, {0.75, -0.75})));
  CHECK_THAT(state[zero], equals(Array::of<double>({2}, {-0.375, 0.375})).within(16_ulp));
  CHECK_THAT(state[one], equals(Array::full({2}, 1, DType::float64)));
}

TEST_CASE("lamb refuses what it cannot do, in words") {
  Trajectory t;
  const auto all = t.graph.parameters();
  CHECK_REFUSED(GraphError, lamb(t.loss, all, {.beta1 = 1}), "lamb: the beta 1 is outside [0, 1)");
  CHECK_REFUSED(GraphError, lamb(t.loss, all, {.epsilon = -1}), "lamb: the epsilon -1 is negative");
}
