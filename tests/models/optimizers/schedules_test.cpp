#include <retrograph/models/optimizers/adam.hpp>
#include <retrograph/models/optimizers/schedules.hpp>
#include <retrograph/models/optimizers/sgd.hpp>
#include <retrograph/ops/cast.hpp>

#include "models/optimizers/trajectory.hpp"

#include <numbers>

using namespace retrograph;
using namespace retrograph::test;

namespace {

using Rate = std::function<double(double t)>;

/// Checks 60 steps of descent at that rate against the formula, and that the state tells the rate.
void check_rate(const LearningRate& schedule, const Rate& formula, GradientHandling gradients = {}) {
  Trajectory trajectory;
  const auto updates = sgd(trajectory.loss, trajectory.graph.parameters(),
                           {.learning_rate = schedule, .gradients = gradients});
  const auto state = trajectory.check(
      updates, each_number<char>([&](double& w, double g, char&, int t) { w -= formula(t - 1) * g; }));
  CHECK(state.at("sgd/learning_rate").scalar() == Approx(formula(59)).epsilon(1e-14));
  CHECK(state.at("sgd/step").scalar() == 60);
}

double half_cosine(double first, double last, double progress) {
  return last + (first - last) * (1 + std::cos(progress * std::numbers::pi)) / 2;
}

}  // namespace

TEST_CASE("a learning rate follows its schedule") {
  check_rate(constant_rate(0.05), [](double) { return 0.05; });
  check_rate(step_decay(0.1, 20), [](double t) { return t < 20 ? 0.1 : t < 40 ? 0.01 : 0.001; });
  check_rate(step_decay(0.1, 7, 0.5), [](double t) { return 0.1 * std::pow(0.5, std::floor(t / 7)); });
  check_rate(exponential_decay(0.1, 0.97), [](double t) { return 0.1 * std::pow(0.97, t); });
  check_rate(exponential_decay(0.1, 0.1, 40), [](double t) { return 0.1 * std::pow(0.1, t / 40); });
  check_rate(cosine_decay(0.1, 50, 0.01),
             [](double t) { return t < 50 ? half_cosine(0.1, 0.01, t / 50) : 0.01; });
  check_rate([](const Tensor& t) { return 0.1 / (1 + t); }, [](double t) { return 0.1 / (1 + t); });
}

TEST_CASE("one cycle goes up to its peak and down to almost nothing, where it stays") {
  const auto rate = [](double t) {
    if (t <= 14) return half_cosine(0.01, 0.1, t / 14);
    return half_cosine(0.1, 0.001, std::min((t - 14) / 35, 1.0));
  };
  check_rate(one_cycle(0.1, 50, {.first_divisor = 10, .last_divisor = 10}), rate);
  CHECK(rate(0) == Approx(0.01));
  CHECK(rate(14) == Approx(0.1));
  CHECK(rate(49) == Approx(0.001));
}

TEST_CASE("a warm-up rises evenly to where the schedule after it begins") {
  check_rate(warm_up(9, 0.1), [](double t) { return t < 9 ? 0.01 * (t + 1) : 0.1; });
  check_rate(warm_up(9, cosine_decay(0.1, 40)), [](double t) {
    return t < 9 ? 0.01 * (t + 1) : half_cosine(0.1, 0, std::min((t - 9) / 40, 1.0));
  });
}

TEST_CASE("schedules follow one another, each from its own beginning") {
  check_rate(followed_by(exponential_decay(0.1, 0.9), 20, followed_by(0.02, 10, step_decay(0.1, 15))),
             [](double t) {
               if (t < 20) return 0.1 * std::pow(0.9, t);
               if (t < 30) return 0.02;
               return t < 45 ? 0.1 : 0.01;
             });
}

TEST_CASE("a schedule counts the moves of the parameters, not the runs over which gradients accumulate") {
  Trajectory trajectory;
  const auto updates = sgd(trajectory.loss, trajectory.graph.parameters(),
                           {.learning_rate = exponential_decay(0.1, 0.5), .gradients = {.accumulate = 2}});
  std::vector<Numbers> waiting;
  trajectory.check(updates, [&](auto& parameters, const auto& gradients, int t) {
    if (t % 2 == 0)
      for (std::size_t p = 0; p < 2; ++p)
        for (std::size_t i = 0; i < parameters[p].size(); ++i)
          parameters[p][i] -= 0.1 * std::pow(0.5, t / 2 - 1) * (waiting[p][i] + gradients[p][i]) / 2;
    waiting = gradients;
  });
}

TEST_CASE("groups have schedules of their own, and one schedule serves parameters of two dtypes") {
  Graph graph;
  const auto narrow = graph.parameter("narrow", {}, constant(1));
  const auto wide = graph.parameter("wide", {}, constant(1), DType::float64);
  const auto other = graph.parameter("other", {}, constant(1), DType::float64);
  const auto loss = cast(narrow, DType::float64) + wide + other;
  const auto updates = adam(loss, graph.parameters(),
                            {.learning_rate = exponential_decay(0.5, 0.5),
                             .epsilon = 0,
                             .groups = {{"other", step_decay(0.25, 1, 0.5)}}});
  Executable train{graph, {.updates = updates}};
  auto state = initial_state(graph, 1);
  train.run(state);
  train.run(state);
  CHECK(state[narrow].scalar() == Approx(0.25).epsilon(1e-6));  // 1 - 0.5 - 0.25, in float32
  CHECK(state[wide].scalar() == Approx(0.25).epsilon(1e-14));
  CHECK(state[other].scalar() == Approx(0.625).epsilon(1e-14));
  CHECK(state.at("adam/learning_rate").scalar() == Approx(0.25).epsilon(1e-14));
}

TEST_CASE("schedules refuse rates and steps that make no sense, in words") {
  CHECK_REFUSED(GraphError, constant_rate(-1), "constant_rate: -1 is no learning rate");
  CHECK_REFUSED(GraphError, step_decay(0.1, 0), "step_decay: 0 steps are too few");
  CHECK_REFUSED(GraphError, exponential_decay(0.1, NAN), "exponential_decay: nan is no learning rate");
  CHECK_REFUSED(GraphError, cosine_decay(0.1, -5), "cosine_decay: -5 steps are too few");
  CHECK_REFUSED(GraphError, cosine_decay(0.1, 5, -1), "cosine_decay: -1 is no learning rate");
  CHECK_REFUSED(GraphError, one_cycle(0.1, 3), "one_cycle: 0.3 of 3 steps cannot rise");
  CHECK_REFUSED(GraphError, one_cycle(0.1, 30, {.rising = 1.5}), "one_cycle: 1.5 of 30 steps cannot rise");
  CHECK_REFUSED(GraphError, one_cycle(0.1, 30, {.first_divisor = 0.5}), "must not be below 1");
  CHECK_REFUSED(GraphError, warm_up(0, 0.1), "warm_up: 0 steps are too few");
  CHECK_REFUSED(GraphError, followed_by(0.1, 0, 0.2), "followed_by: 0 steps are too few");
  Trajectory t;
  const auto all = t.graph.parameters();
  CHECK_REFUSED(ShapeError,
                sgd(t.loss, all, {.learning_rate = [&](const Tensor& step) { return step * t.a; }}),
                "is [7], not a scalar");
  CHECK_REFUSED(
      TypeError,
      sgd(t.loss, all,
          {.learning_rate = [](const Tensor& step) { return cast(step, DType::int64); }, .name = "other"}),
      "is int64, not a float");
  CHECK_REFUSED(GraphError, sgd(t.loss, all, {.learning_rate = warm_up(5, -0.1), .name = "last"}),
                "-0.1 is no learning rate");
}
