#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/initializers.hpp>
#include <retrograph/models/optimizers/adam.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/sum.hpp>

#include "models/optimizers/trajectory.hpp"
#include "support/matchers.hpp"

#include <cmath>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// loss = sum(x * w), whose gradient is what is fed: x.
struct Slope {
  explicit Slope(DType d = DType::float64) : dtype{d} {}

  DType dtype;
  Graph graph;
  Input x = graph.input("x", {2}, dtype);
  Parameter w = graph.parameter("w", {2}, constant(1), dtype);
  Tensor loss = sum(x * w);

  /// w after each of the gradients.
  std::vector<Array> path(const AdamOptions& options, const std::vector<std::vector<double>>& gradients) {
    Executable train{graph, {.updates = adam(loss, graph.parameters(), options)}};
    auto state = initial_state(graph, 1);
    std::vector<Array> path;
    for (const auto& gradient : gradients) {
      train.run(state, x.feed(Array::copy_of<double>({2}, gradient).cast(dtype)));
      path.push_back(state[w]);
    }
    CHECK(state.at("adam/step").scalar() == static_cast<double>(gradients.size()));
    return path;
  }
};

}  // namespace

TEST_CASE("adam's first step is the learning rate, whatever the size of the gradient") {
  // m / (1 - beta1) = g and v / (1 - beta2) = g^2, so the step is rate * g / (|g| + epsilon).
  const auto path = Slope{}.path({.learning_rate = 0.1, .epsilon = 0}, {{1000, -0.001}});
  CHECK_THAT(path[0], equals(Array::of<double>({2}, {0.9, 1.1})).within(16_ulp));
}

TEST_CASE("adam follows its algorithm over a few steps") {
  // beta1 = 0.5, beta2 = 0.75, rate 0.1, epsilon 1; first number, gradients 2, 4, -6:
  //   m = 1      v = 1        m / 0.5   = 2     v / 0.25     = 4       step 0.1 * 2 / (2 + 1)
  //   m = 2.5    v = 4.75     m / 0.75  = 10/3  v / 0.4375   = 76/7    step 0.1 * 10/3 / (sqrt(76/7) + 1)
  //   m = -1.75  v = 12.5625  m / 0.875 = -2    v / 0.578125 = 804/37  step 0.1 * -2 / (sqrt(804/37) + 1)
  // second number, gradients 0, 1, 1:
  //   m = 0      v = 0                                                 step 0
  //   m = 0.5    v = 0.25     m / 0.75  = 2/3   v / 0.4375   = 4/7     step 0.1 * 2/3 / (sqrt(4/7) + 1)
  //   m = 0.75   v = 0.4375   m / 0.875 = 6/7   v / 0.578125 = 28/37   step 0.1 * 6/7 / (sqrt(28/37) + 1)
  const auto path = Slope{}.path({.learning_rate = 0.1, .beta1 = 0.5, .beta2 = 0.75, .epsilon = 1},
                                 {{2, 0}, {4, 1}, {-6, 1}});
  const double first = 1 - 0.2 / 3;
  const double second = first - 1.0 / 3 / (std::sqrt(76.0 / 7) + 1);
  const double third = second + 0.2 / (std::sqrt(804.0 / 37) + 1);
  const double other_second = 1 - 0.2 / 3 / (std::sqrt(4.0 / 7) + 1);
  const double other_third = other_second - 0.6 / 7 / (std::sqrt(28.0 / 37) + 1);
  // A dozen operations a step, half an ulp each, on numbers of size 1.
  CHECK_THAT(path[0], equals(Array::of<double>({2}, {first, 1})).within(16_ulp));
  CHECK_THAT(path[1], equals(Array::of<double>({2}, {second, other_second})).within(16_ulp));
  CHECK_THAT(path[2], equals(Array::of<double>({2}, {third, other_third})).within(16_ulp));
}

TEST_CASE("adam follows its equations over many steps, with every option") {
  struct Memory {
    double first = 0, second = 0, largest = 0;
  };
  for (const bool amsgrad : {false, true})
    for (const double weight_decay : {0.0, 0.1}) {
      INFO("amsgrad " << amsgrad << ", decay " << weight_decay);
      Trajectory trajectory;
      const auto updates = adam(trajectory.loss, trajectory.graph.parameters(),
                                {.learning_rate = 0.05,
                                 .beta1 = 0.8,
                                 .beta2 = 0.9,
                                 .epsilon = 1e-3,
                                 .weight_decay = weight_decay,
                                 .amsgrad = amsgrad});
      trajectory.check(updates, each_number<Memory>([=](double& w, double g, Memory& m, int t) {
                         g += weight_decay * w;
                         m.first = 0.8 * m.first + 0.2 * g;
                         m.second = 0.9 * m.second + 0.1 * g * g;
                         m.largest = std::max(m.largest, m.second);
                         const double mean = m.first / (1 - std::pow(0.8, t));
                         const double square = (amsgrad ? m.largest : m.second) / (1 - std::pow(0.9, t));
                         w -= 0.05 * mean / (std::sqrt(square) + 1e-3);
                       }));
    }
}

TEST_CASE("adam in float32 corrects its moments as well as in float64") {
  // With the usual betas the first corrections are 0.1 and 0.001; worked out in float32, 1 - 0.999f is wrong
  // in the fifth digit, which would be seen in the step. The step's own rounding: a dozen float32 operations.
  const auto path = Slope{DType::float32}.path({.learning_rate = 1, .epsilon = 0}, {{3, -3}});
  CHECK_THAT(path[0], equals(Array::of<float>({2}, {0, 2})).within(absolute(12 * 0x1p-24)));
}

TEST_CASE("adam gives a group of parameters a rate of its own") {
  Slope slope;
  const auto other = slope.graph.parameter("output/weight", {2}, constant(1), DType::float64);
  const auto loss = sum(slope.x * (slope.w + other));
  Executable train{slope.graph,
                   {.updates = adam(loss, slope.graph.parameters(),
                                    {.learning_rate = 0.5, .epsilon = 0, .groups = {{"output", 0.25}}})}};
  auto state = initial_state(slope.graph, 1);
  train.run(state, slope.x.feed(Array::of<double>({2}, {1, 1})));
  CHECK_THAT(state[slope.w], equals(Array::full({2}, 0.5, DType::float64)).within(16_ulp));
  CHECK_THAT(state[other], equals(Array::full({2}, 0.75, DType::float64)).within(16_ulp));
}

TEST_CASE("adam registers its updates and marks its nodes") {
  Slope slope;
  const auto updates = adam(slope.loss, slope.graph.parameters());
  std::vector<std::string> names;
  for (const auto& update : updates) {
    names.push_back(update.parameter.name());
    CHECK(slope.graph.node(update.value.node()).role == Role::update);
  }
  CHECK(names == std::vector<std::string>{"adam/step", "adam/w/first_moment", "adam/w/second_moment", "w"});
  CHECK(slope.graph.updates().size() == 4);
  CHECK(slope.graph.parameters().size() == 1);
}

TEST_CASE("adam refuses what it cannot do, in words") {
  Slope slope;
  const auto all = slope.graph.parameters();
  const auto refused = [&](const AdamOptions& options) {
    return message_of<Error>([&] { adam(slope.loss, all, options); });
  };
  CHECK_THAT(refused({.beta1 = 1}), contains("adam: the beta 1 is outside [0, 1)"));
  CHECK_THAT(refused({.beta2 = -0.5}), contains("adam: the beta -0.5 is outside [0, 1)"));
  CHECK_THAT(refused({.epsilon = -1e-8}), contains("adam: the epsilon -1e-08 is negative"));
  CHECK_THAT(refused({.learning_rate = NAN}), contains("nan is no learning rate"));
  CHECK_THAT(refused({.groups = {{"outptu", 0.1}}}), contains("no parameter matches 'outptu'"));
}
