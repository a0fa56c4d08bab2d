#include <retrograph/models/optimizers/adadelta.hpp>
#include <retrograph/models/optimizers/adagrad.hpp>
#include <retrograph/models/optimizers/adam.hpp>
#include <retrograph/models/optimizers/adamw.hpp>
#include <retrograph/models/optimizers/lamb.hpp>
#include <retrograph/models/optimizers/lion.hpp>
#include <retrograph/models/optimizers/nadam.hpp>
#include <retrograph/models/optimizers/rmsprop.hpp>
#include <retrograph/models/optimizers/schedules.hpp>
#include <retrograph/models/optimizers/sgd.hpp>

#include "models/optimizers/trajectory.hpp"

// What all optimizers share is tried on each of them here; lbfgs, whose parameters depend on one another, has
// a test of its own.

using namespace retrograph;
using namespace retrograph::test;

namespace {

template <class Options>
using Make = Updates (*)(const Tensor&, std::span<const Parameter>, const Options&, std::source_location);

/// The optimizer alone, as the tests of its equations have it, once for each parameter of a Trajectory: by
/// gradients and rates that are fed.
template <class Options>
class Bare {
 public:
  Bare(Make<Options> optimizer, Options first, Options second) {
    first.learning_rate = first_rate_, first.name = "first";
    second.learning_rate = second_rate_, second.name = "second";
    const auto where = std::source_location::current();
    const auto loss = sum(first_gradient_ * first_) + sum(second_gradient_ * second_);
    auto updates = optimizer(loss, std::vector{first_}, first, where);
    for (const auto& update : optimizer(loss, std::vector{second_}, second, where)) updates.push_back(update);
    executable_.emplace(graph_, ExecutableOptions{.updates = updates, .threads = 1});
    state_ = initial_state(graph_, 1);
  }

  void move(std::vector<Numbers>& parameters, const std::vector<Numbers>& gradients, double first_rate,
            double second_rate) {
    executable_->run(state_, first_gradient_.feed(Array::copy_of<double>({4}, gradients[0])),
                     second_gradient_.feed(Array::copy_of<double>({3}, gradients[1])),
                     first_rate_.feed(Array::scalar(first_rate)),
                     second_rate_.feed(Array::scalar(second_rate)));
    const auto first = state_[first_].values<double>(), second = state_[second_].values<double>();
    parameters = {Numbers(first.begin(), first.end()), Numbers(second.begin(), second.end())};
  }

 private:
  Input input(std::string name, const Shape& shape) {
    return graph_.input(std::move(name), shape, DType::float64);
  }

  Graph graph_;
  Parameter first_ = graph_.parameter("hidden/weight", {4}, uniform(-1, 1), DType::float64);
  Parameter second_ = graph_.parameter("output/bias", {3}, uniform(-1, 1), DType::float64);
  Input first_gradient_ = input("first_gradient", {4}), second_gradient_ = input("second_gradient", {3});
  Input first_rate_ = input("first_rate", {}), second_rate_ = input("second_rate", {});
  std::optional<Executable> executable_;
  State state_{1};
};

/// Checks that the optimizer moves parameters in every second run, by the mean gradient, each number within
/// 0.9 and all of them no longer than 1.5, at a rate that falls, and those of `output` at a rate and with a
/// decay of their own.
template <class Options>
void check_shared(std::string_view label, Make<Options> optimizer, const Options& options) {
  INFO(label);
  const auto rate = options.learning_rate.number().value();
  auto all = options;
  all.learning_rate = exponential_decay(rate, 0.97);
  all.groups = {{.pattern = "output", .learning_rate = rate / 2, .weight_decay = 0.3}};
  all.gradients = {.accumulate = 2, .clip_value = 0.9, .clip_norm = 1.5};

  auto of_output = options;
  of_output.weight_decay = 0.3;
  Bare<Options> bare{optimizer, options, of_output};
  std::vector<Numbers> before;
  int by_value = 0, by_norm = 0;
  Trajectory trajectory;
  trajectory.check(
      optimizer(trajectory.loss, trajectory.graph.parameters(), all, std::source_location::current()),
      [&](auto& parameters, std::vector<Numbers> gradients, int t) {
        if (t % 2 == 1) {
          before = gradients;
          return;
        }
        double squares = 0;
        for (std::size_t p = 0; p < 2; ++p)
          for (std::size_t i = 0; i < gradients[p].size(); ++i) {
            const auto mean = (before[p][i] + gradients[p][i]) / 2;
            gradients[p][i] = std::clamp(mean, -0.9, 0.9);
            by_value += gradients[p][i] != mean;
            squares += gradients[p][i] * gradients[p][i];
          }
        const auto factor = std::min(1.0, 1.5 / std::sqrt(squares));
        by_norm += factor < 1;
        for (auto& gradient : gradients)
          for (auto& number : gradient) number *= factor;
        bare.move(parameters, gradients, rate * std::pow(0.97, t / 2 - 1), rate / 2);
      });
  CHECK(by_value > 0);
  CHECK(by_norm > 0);
  CHECK(by_norm < 30);
}

}  // namespace

TEST_CASE("every optimizer takes a schedule, groups, and gradients that are accumulated and clipped") {
  check_shared("sgd", sgd, SgdOptions{.learning_rate = 0.05});
  check_shared("sgd with momentum", sgd,
               SgdOptions{.learning_rate = 0.05, .momentum = 0.9, .dampening = 0.3, .weight_decay = 0.1});
  check_shared("adagrad", adagrad, AdagradOptions{.learning_rate = 0.1, .rate_decay = 0.1, .epsilon = 1e-2});
  check_shared("rmsprop", rmsprop,
               RmspropOptions{.learning_rate = 0.01, .epsilon = 1e-2, .momentum = 0.7, .centered = true});
  check_shared("adadelta", adadelta, AdadeltaOptions{.learning_rate = 0.7, .epsilon = 1e-3});
  check_shared("adam", adam, AdamOptions{.learning_rate = 0.05, .epsilon = 1e-3, .amsgrad = true});
  check_shared("adamw", adamw, AdamwOptions{.learning_rate = 0.05, .epsilon = 1e-3});
  check_shared("nadam", nadam,
               NadamOptions{.learning_rate = 0.05, .epsilon = 1e-3, .decoupled_weight_decay = true});
  check_shared("lion", lion, LionOptions{.learning_rate = 0.02});
  check_shared("lamb", lamb, LambOptions{.learning_rate = 0.05, .epsilon = 1e-3});
}

TEST_CASE("a rate that changes acts on the whole velocity at once") {
  const auto rate = [](int t) { return 0.05 * std::pow(0.9, t - 1); };
  struct Memory {
    double velocity = 0, squares = 0;
  };
  Trajectory by_sgd;
  by_sgd.check(sgd(by_sgd.loss, by_sgd.graph.parameters(),
                   {.learning_rate = exponential_decay(0.05, 0.9), .momentum = 0.9}),
               each_number<Memory>([&](double& w, double g, Memory& m, int t) {
                 m.velocity = 0.9 * m.velocity + g;
                 w -= rate(t) * m.velocity;
               }));
  Trajectory by_rmsprop;
  by_rmsprop.check(
      rmsprop(
          by_rmsprop.loss, by_rmsprop.graph.parameters(),
          {.learning_rate = exponential_decay(0.05, 0.9), .alpha = 0.8, .epsilon = 1e-2, .momentum = 0.7}),
      each_number<Memory>([&](double& w, double g, Memory& m, int t) {
        m.squares = 0.8 * m.squares + 0.2 * g * g;
        m.velocity = 0.7 * m.velocity + g / (std::sqrt(m.squares) + 1e-2);
        w -= rate(t) * m.velocity;
      }));
}
