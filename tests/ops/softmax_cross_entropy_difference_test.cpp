#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/linear.hpp>
#include <retrograph/ops/one_hot.hpp>
#include <retrograph/ops/softmax_cross_entropy.hpp>

#include "support/matchers.hpp"

#include <functional>

using namespace retrograph;
using namespace retrograph::test;

namespace {

struct Operands {
  Input logits, labels, other_labels, probabilities;
};
using Expression = std::function<Tensor(const Operands&)>;

/// The result of a formula with and without the pass that combines steps, and the plan with it.
struct Outcome {
  Array combined, plain;
  std::string plan;
};

Outcome run(const Expression& formula) {
  Graph graph;
  const Operands operands{graph.input("logits", {3, 4}), graph.input("labels", {3}, DType::int32),
                          graph.input("other", {3}, DType::int32), graph.input("probabilities", {3, 4})};
  const auto result = formula(operands);
  const auto feeds = std::vector<Feed>{
      operands.logits.feed(Array::of<float>({3, 4}, {0.3f, -2, 1.7f, 4, 0, 0.1f, 0.2f, 0.3f, 9, -9, 1, 2})),
      operands.labels.feed(Array::of<std::int32_t>({3}, {2, 0, 3})),
      operands.other_labels.feed(Array::of<std::int32_t>({3}, {2, 1, 3})),
      operands.probabilities.feed(
          Array::of<float>({3, 4}, {0.25f, 0.25f, 0.5f, 0, 0, 0, 1, 0, 0.125f, 0.125f, 0.25f, 0.5f}))};
  const auto compute = [&](const Passes& passes) {
    Executable executable{graph, {.outputs = {result}, .passes = passes}};
    auto array = std::move(executable.run(State{0}, feeds)).take().front();
    return std::pair{std::move(array), executable.plan()};
  };
  auto [combined, plan] = compute({.fuse = false});
  return {std::move(combined), compute({.combine = false, .fuse = false}).first, std::move(plan)};
}

bool subtracts(const Outcome& outcome) {
  return outcome.plan.find("subtract") != std::string::npos;
}

Tensor shares(const Tensor& logits, const Tensor& labels, const SoftmaxCrossEntropyOptions& options = {}) {
  return softmax_cross_entropy(logits, labels, options).result(1);
}

}  // namespace

TEST_CASE("a - y of the same labels is a further result of softmax_cross_entropy, with the same bits") {
  const auto of_indices = [](const Operands& x) { return shares(x.logits, x.labels) - one_hot(x.labels, 4); };
  const auto of_rows = [](const Operands& x) { return shares(x.logits, x.probabilities) - x.probabilities; };
  const auto of_smoothed_indices = [](const Operands& x) {
    return shares(x.logits, x.labels, {.label_smoothing = 0.2}) - one_hot(x.labels, 4);
  };
  for (const Expression& formula : {Expression{of_indices}, Expression{of_rows}, Expression{of_smoothed_indices}}) {
    const auto outcome = run(formula);
    CHECK_FALSE(subtracts(outcome));
    CHECK(outcome.plan.find("one_hot") == std::string::npos);
    CHECK(outcome.combined == outcome.plain);
  }
}

TEST_CASE("the gradient of a mean loss of a layer takes a - y from softmax_cross_entropy") {
  const auto outcome = run([](const Operands& x) {
    const auto logits = linear(x.logits, x.probabilities.graph().constant(Array::full({4, 4}, 0.25)),
                               x.probabilities.graph().constant(Array::full({4}, 0.5)));
    return gradient(softmax_cross_entropy(logits, x.labels, {.reduction = LossReduction::mean}), x.logits);
  });
  CHECK_FALSE(subtracts(outcome));
  CHECK(outcome.combined == outcome.plain);
}

TEST_CASE("a - y of other labels, the loss minus labels, and y - a stay subtractions") {
  const auto other_labels = [](const Operands& x) {
    return shares(x.logits, x.labels) - one_hot(x.other_labels, 4);
  };
  const auto lenient_rows = [](const Operands& x) {
    return shares(x.logits, x.labels) - one_hot(x.labels, 4, DType::float32, OutOfRange::zero_row);
  };
  const auto with_ignored_rows = [](const Operands& x) {
    return shares(x.logits, x.labels, {.ignore_index = 7}) - one_hot(x.labels, 4);
  };
  const auto reversed = [](const Operands& x) { return one_hot(x.labels, 4) - shares(x.logits, x.labels); };
  for (const Expression& formula :
       {Expression{other_labels}, Expression{lenient_rows}, Expression{with_ignored_rows}, Expression{reversed}}) {
    const auto outcome = run(formula);
    CHECK(subtracts(outcome));
    CHECK(outcome.combined == outcome.plain);
  }
}

TEST_CASE("a second difference of the same shares stays a subtraction of its own") {
  const auto outcome = run([](const Operands& x) {
    const auto a = shares(x.logits, x.probabilities);
    return (a - x.probabilities) * (a - x.other_labels.graph().constant(Array::full({3, 4}, 0.5)));
  });
  CHECK(subtracts(outcome));
  CHECK(outcome.combined == outcome.plain);
}
