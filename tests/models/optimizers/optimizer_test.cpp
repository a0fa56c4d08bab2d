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

/// How many steps of the compiled program make numbers of this many.
std::size_t passes_over(const std::vector<Named>::value_type& optimizer, std::int64_t size) {
  Graph graph;
  const auto w = graph.parameter("w", {size}, constant(1));
  const auto x = graph.input("x", {size});
  const auto updates = optimizer.make(sum(x * w), std::vector{w});
  const auto program = compile(graph, {}, updates, {});
  std::size_t passes = 0;
  for (const auto& step : program.steps)
    passes += program.values[step.outputs[0]].extents == Extents{size} ? 1 : 0;
  return passes;
}

}  // namespace

TEST_CASE("an optimizer's update of one parameter and its slots is one pass over the numbers") {
  for (const auto& optimizer : numberwise()) {
    INFO(optimizer.label);
    CHECK(passes_over(optimizer, 1000) == 1);
  }
}

TEST_CASE("lamb takes two passes over a parameter: one for the norms, one for the move") {
  CHECK(passes_over(named("lamb", lamb, LambOptions{}), 1000) == 2);
}
