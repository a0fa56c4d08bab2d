#include <retrograph/graph/compile/program.hpp>
#include <retrograph/retrograph.hpp>

#include "models/optimizers/trajectory.hpp"
#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

using Make = std::function<Updates(const Tensor& loss, std::span<const Parameter> parameters)>;

struct Named {
  std::string label;
  Make make;
};

/// A maker of updates with options of its own.
template <class Options>
Named named(std::string label,
            Updates (*optimizer)(const Tensor&, std::span<const Parameter>, const Options&,
                                 std::source_location),
            Options options) {
  return {std::move(label), [=](const Tensor& loss, std::span<const Parameter> parameters) {
            return optimizer(loss, parameters, options, std::source_location::current());
          }};
}

/// Every optimizer that moves a number by what is known of that number alone, with all it can do.
std::vector<Named> numberwise() {
  constexpr auto decay = 0.1;
  return {named("sgd", sgd, SgdOptions{}),
          named("sgd with all", sgd, {.momentum = 0.9, .nesterov = true, .weight_decay = decay}),
          named("sgd, dampened", sgd, {.momentum = 0.9, .dampening = 0.5}),
          named("adagrad", adagrad, {.rate_decay = 0.1, .weight_decay = decay}),
          named("rmsprop", rmsprop, {.momentum = 0.9, .centered = true, .weight_decay = decay}),
          named("adadelta", adadelta, {.weight_decay = decay}),
          named("adam", adam, {.weight_decay = decay, .amsgrad = true}),
          named("adamw", adamw, {.amsgrad = true}),
          named("nadam", nadam, {.weight_decay = decay, .decoupled_weight_decay = true}),
          named("lion", lion, {.weight_decay = decay})};
}

/// How many steps of the compiled program make as many numbers as `w` has.
std::size_t passes_over(const Parameter& w, const Tensor& loss, const Make& make) {
  const auto program = compile(w.graph(), {}, make(loss, std::vector{w}), {});
  const auto makes_them = [&](const Step& step) {
    return element_count(program.values[step.outputs[0]].extents) == element_count(w.shape().evaluate({}));
  };
  return static_cast<std::size_t>(std::count_if(program.steps.begin(), program.steps.end(), makes_them));
}

/// Of a parameter whose gradient is fed.
std::size_t passes(const Make& make) {
  Graph graph;
  const auto w = graph.parameter("w", {1000}, constant(1));
  return passes_over(w, sum(graph.input("x", {1000}) * w), make);
}

/// Of one whose gradient is a product of matrices.
std::size_t passes_with_product(const Make& make) {
  Graph graph;
  const auto w = graph.parameter("w", {60, 50}, constant(1));
  const auto y = matmul(graph.input("x", {40, 60}), w);
  return passes_over(w, sum(y * graph.input("upstream", {40, 50})), make);
}

}  // namespace

TEST_CASE("an optimizer's update of one parameter and its slots is one pass over the numbers") {
  for (const auto& optimizer : numberwise()) {
    INFO(optimizer.label);
    CHECK(passes(optimizer.make) == 1);
  }
}

TEST_CASE("an optimizer's update is part of the product that makes the gradient, or one pass after it") {
  // What adds to a velocity, or a decay to the gradient, is part of the product, and the rest comes after:
  // faster than all of it tile by tile.
  for (const auto& optimizer : numberwise()) {
    INFO(optimizer.label);
    CHECK(passes_with_product(optimizer.make) <= 2);
  }
  for (const double weight_decay : {0.0, 0.1})
    CHECK(passes_with_product(named("sgd", sgd, SgdOptions{.weight_decay = weight_decay}).make) == 1);
  CHECK(passes_with_product(named("adam", adam, AdamOptions{}).make) == 1);
  CHECK(passes_with_product(named("adamw", adamw, AdamwOptions{}).make) == 1);
}

TEST_CASE("lamb takes two passes over a parameter: one for the norms, one for the move") {
  CHECK(passes(named("lamb", lamb, LambOptions{}).make) == 2);
  CHECK(passes_with_product(named("lamb", lamb, LambOptions{}).make) == 3);  // and the product
}

TEST_CASE("lbfgs takes two passes over a parameter for each pair that it remembers, and two more") {
  // The pair's move in the history is part of the first of them.
  for (const std::int64_t history : {1, 2, 5, 10}) {
    INFO("history " << history);
    CHECK(passes(named("lbfgs", lbfgs, LbfgsOptions{.history = history}).make) ==
          2 * static_cast<std::size_t>(history) + 2);
  }
}

TEST_CASE("a group of parameters has a rate and a weight decay of its own, the last of those that match") {
  Trajectory trajectory;
  const auto updates = sgd(trajectory.loss, trajectory.graph.parameters(),
                           {.learning_rate = 0.05,
                            .weight_decay = 0.1,
                            .groups = {{.pattern = "*", .learning_rate = 0.02},
                                       {.pattern = "output", .weight_decay = 0.5},
                                       {.pattern = "output/*", .learning_rate = 0.03},
                                       {.pattern = "hidden", .weight_decay = 0}}});
  trajectory.check(updates, [](auto& parameters, const auto& gradients, int) {
    for (std::size_t i = 0; i < 4; ++i) parameters[0][i] -= 0.02 * gradients[0][i];
    for (std::size_t i = 0; i < 3; ++i) parameters[1][i] -= 0.03 * (gradients[1][i] + 0.5 * parameters[1][i]);
  });
}

TEST_CASE("frozen parameters are neither changed nor differentiated to") {
  Graph graph;
  const auto model = mlp(graph, {.inputs = 20, .hidden = {10, 10}});
  const auto updates =
      adam(model.loss, graph.parameters(),
           {.groups = {{.pattern = "*", .frozen = true}, {.pattern = "output", .frozen = false}}});
  std::vector<std::string> names;
  for (const auto& update : updates) names.push_back(update.parameter.name());
  CHECK(names == std::vector<std::string>{"adam/step", "adam/output/weight/first_moment",
                                          "adam/output/weight/second_moment", "output/weight",
                                          "adam/output/bias/first_moment", "adam/output/bias/second_moment",
                                          "output/bias"});
  for (NodeId id = 0; id < graph.node_count(); ++id)
    CHECK_FALSE(graph.node(id).full_name().starts_with("gradient/hidden"));
}

TEST_CASE("gradients clipped by value are followed as far as that") {
  Trajectory trajectory;
  const auto updates = sgd(trajectory.loss, trajectory.graph.parameters(),
                           {.learning_rate = 0.05, .gradients = {.clip_value = 0.3}});
  trajectory.check(updates, each_number<char>([](double& w, double g, char&, int) {
                     w -= 0.05 * std::clamp(g, -0.3, 0.3);
                   }));
}

namespace {

double norm_of(const std::vector<Numbers>& gradients) {
  double squares = 0;
  for (const auto& gradient : gradients)
    for (const auto number : gradient) squares += number * number;
  return std::sqrt(squares);
}

}  // namespace

TEST_CASE("gradients clipped by their norm keep their direction, all of them together") {
  Trajectory trajectory;
  const auto updates = sgd(trajectory.loss, trajectory.graph.parameters(),
                           {.learning_rate = 0.05, .weight_decay = 0.1, .gradients = {.clip_norm = 1.7}});
  int clipped = 0;
  trajectory.check(updates, [&](auto& parameters, const auto& gradients, int) {
    const double norm = norm_of(gradients);
    clipped += norm > 1.7;
    for (std::size_t p = 0; p < 2; ++p)
      for (std::size_t i = 0; i < parameters[p].size(); ++i)
        parameters[p][i] -= 0.05 * (gradients[p][i] * std::min(1.0, 1.7 / norm) + 0.1 * parameters[p][i]);
  });
  CHECK(clipped > 5);  // some are and some are not
  CHECK(clipped < 55);
}

TEST_CASE("clipping takes gradients of several dtypes, leaves 0 at 0 and refuses limits that are none") {
  Graph graph;
  const auto x = graph.input("x", {2}), y = graph.input("y", {}, DType::float64);
  const std::vector<Tensor> gradients{x, y};
  const auto clipped = clip_by_global_norm(gradients, 6.5);
  Executable run{graph, {.outputs = {clipped[0], clipped[1], global_norm(gradients)}}};
  const auto results = run.run(x.feed(Array::of<float>({2}, {3, 4})), y.feed(Array::scalar(12.0)));
  CHECK_THAT(results.at(0), equals(Array::of<float>({2}, {1.5, 2})));
  CHECK(results.at(1).scalar() == 6);
  CHECK(results.at(2).scalar() == 13);
  const auto zero = run.run(x.feed(Array{{2}}), y.feed(Array::scalar(0.0)));
  CHECK_THAT(zero.at(0), equals(Array{{2}}));
  CHECK(zero.at(1).scalar() == 0);
  CHECK_REFUSED(GraphError, clip_by_global_norm(gradients, 0), "gradients cannot be clipped to 0");
  CHECK_REFUSED(GraphError, clip_by_value(gradients, -1), "gradients cannot be clipped to -1");
}

TEST_CASE("parameters move in every third run by the mean gradient, and the optimizer's slots with them") {
  struct Memory {
    double first = 0, second = 0;
  };
  Trajectory trajectory;
  const auto updates =
      adam(trajectory.loss, trajectory.graph.parameters(),
           {.learning_rate = 0.05, .epsilon = 1e-3, .gradients = {.accumulate = 3, .clip_norm = 1}});
  std::vector<Numbers> sums;
  const auto move = each_number<Memory>([](double& w, double g, Memory& m, int t) {
    m.first = 0.9 * m.first + 0.1 * g;
    m.second = 0.999 * m.second + 0.001 * g * g;
    w -= 0.05 * m.first / (1 - std::pow(0.9, t)) / (std::sqrt(m.second / (1 - std::pow(0.999, t))) + 1e-3);
  });
  const auto state = trajectory.check(
      updates,
      [&, move = Reference{move}](auto& parameters, const auto& gradients, int t) {
        if (t % 3 == 1) sums = {Numbers(4), Numbers(3)};
        for (std::size_t p = 0; p < 2; ++p)
          for (std::size_t i = 0; i < sums[p].size(); ++i) sums[p][i] += gradients[p][i] / 3;
        if (t % 3 != 0) return;
        const double factor = std::min(1.0, 1 / norm_of(sums));
        for (auto& sum : sums)
          for (auto& number : sum) number *= factor;
        move(parameters, sums, t / 3);
      },
      61);
  CHECK(state.at("adam/step").scalar() == 20);
  CHECK(state.at("adam/waiting").scalar() == 1);
}

TEST_CASE("two optimizers of a kind are told apart by name, and asked for one where they are not") {
  Trajectory t;
  const std::vector<Parameter> first{t.first}, second{t.second};
  adam(t.loss, first, {.name = "one"});
  adam(t.loss, second, {.name = "two"});
  std::vector<std::string> slots;
  for (const auto id : t.graph.state_nodes()) slots.push_back(t.graph.node(id).full_name());
  CHECK(slots == std::vector<std::string>{"hidden/weight", "output/bias", "one/step",
                                          "one/hidden/weight/first_moment", "one/hidden/weight/second_moment",
                                          "two/step", "two/output/bias/first_moment",
                                          "two/output/bias/second_moment"});
  CHECK_REFUSED(GraphError, adam(t.loss, second, {.name = "one"}), "the name 'one/step' is taken");
  CHECK_REFUSED(GraphError, adam(t.loss, second, {.name = "one"}),
                "give each optimizer of the graph a .name of its own");
}

TEST_CASE("an optimizer refuses groups and gradients that make no sense, in words") {
  Trajectory t;
  const auto all = t.graph.parameters();
  const auto refused = [&](const SgdOptions& options) {
    return message_of<Error>([&] { sgd(t.loss, all, options); });
  };
  CHECK_THAT(refused({.groups = {{.pattern = "*", .frozen = true}}}),
             contains("sgd: all parameters are frozen"));
  CHECK_THAT(refused({.groups = {{.pattern = "outptu", .frozen = true}}}),
             contains("no parameter matches 'outptu'"));
  CHECK_THAT(refused({.groups = {{.pattern = "output", .weight_decay = -2}}}),
             contains("-2 is no weight decay"));
  CHECK_THAT(refused({.groups = {{.pattern = "output", .learning_rate = -2}}}),
             contains("-2 is no learning rate"));
  CHECK_THAT(refused({.gradients = {.accumulate = 0}}), contains("accumulated over 0 runs"));
  CHECK_THAT(refused({.gradients = {.clip_norm = 0}}), contains("clipped to 0"));
}
