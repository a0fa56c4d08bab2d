#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/binary_cross_entropy_with_logits.hpp>
#include <retrograph/ops/catalogue.hpp>

#include "support/matchers.hpp"

#include <cmath>
#include <limits>

using namespace retrograph;
using namespace retrograph::test;

namespace {

Array numbers_of(std::initializer_list<double> numbers) {
  return Array::of<double>({static_cast<std::int64_t>(numbers.size())}, numbers);
}

Array loss_of(const Array& logits, const Array& targets, LossReduction reduction = LossReduction::none) {
  Graph graph;
  return evaluate(binary_cross_entropy_with_logits(graph.constant(logits), graph.constant(targets),
                                                   {.reduction = reduction}));
}

Array weighted_loss_of(const Array& logits, const Array& targets, const Array& weights) {
  Graph graph;
  return evaluate(binary_cross_entropy_with_logits(graph.constant(logits), graph.constant(targets),
                                                   {.pos_weight = graph.constant(weights)}));
}

// Logits log 3 and -log 3 have the sigmoids 3/4 and 1/4.
const auto log_3 = std::log(3.0), log_4 = std::log(4.0), log_4_thirds = std::log(4 / 3.0);

}  // namespace

TEST_CASE("binary_cross_entropy_with_logits is -log of the share that sigmoid gives the target") {
  const auto logits = numbers_of({log_3, log_3, -log_3, 0});
  // Three functions and two sums are good to an ulp each; the numbers are below 2.
  CHECK_THAT(loss_of(logits, numbers_of({1, 0, 1, 0.25})),
             equals(numbers_of({log_4_thirds, log_4, log_4, std::log(2.0)})).within(absolute(1e-15)));
  CHECK_THAT(loss_of(logits.cast(DType::float32), Array::of<float>({4}, {1, 0, 1, 0.25f})),
             equals(numbers_of({log_4_thirds, log_4, log_4, std::log(2.0)}).cast(DType::float32))
                 .within(absolute(5e-7)));
}

TEST_CASE("binary_cross_entropy_with_logits weights the target 1, by itself, by column or by row") {
  const auto logits = Array::of<double>({2, 2}, {log_3, log_3, -log_3, -log_3});
  const auto targets = Array::of<double>({2, 2}, {1, 1, 1, 0});
  const auto expect = [&](const Array& weights, double first, double second, double third) {
    const auto expected =
        Array::of<double>({2, 2}, {first * log_4_thirds, second * log_4_thirds, third * log_4, log_4_thirds});
    CHECK_THAT(weighted_loss_of(logits, targets, weights), equals(expected).within(absolute(4e-15)));
  };
  expect(Array::scalar(3.0), 3, 3, 3);
  expect(numbers_of({2, 9}), 2, 9, 2);
  expect(Array::of<double>({2, 1}, {2, 9}), 2, 2, 9);
}

TEST_CASE("binary_cross_entropy_with_logits reduces to a mean or a sum") {
  const auto logits = numbers_of({log_3, log_3}), targets = numbers_of({1, 0});
  CHECK_THAT(loss_of(logits, targets, LossReduction::mean),
             equals(Array::scalar((log_4_thirds + log_4) / 2)).within(absolute(1e-15)));
  CHECK_THAT(loss_of(logits, targets, LossReduction::sum),
             equals(Array::scalar(log_4_thirds + log_4)).within(absolute(1e-15)));
}

TEST_CASE("binary_cross_entropy_with_logits has the gradient sigmoid(x) - y, exactly") {
  Graph graph;
  const auto x = graph.input("x", {3, 5}, DType::float64);
  const auto y = graph.constant(sample_numbers({3, 5}, 0, 1));
  const auto upstream = graph.constant(sample_numbers({3, 5}, 1, 3));
  const auto loss = binary_cross_entropy_with_logits(x, y);
  const auto numbers = sample_numbers({3, 5}, -4, 4);
  CHECK_THAT(evaluate(gradient(loss, x, {.upstream = upstream}), x.feed(numbers)),
             equals(evaluate(upstream * (sigmoid(x) - y), x.feed(numbers))));
}

TEST_CASE("binary_cross_entropy_with_logits takes logits of any size and keeps the digits of small losses") {
  CHECK_THAT(loss_of(numbers_of({1000, 1000, -1000, -1000, 1e308}), numbers_of({0, 1, 0, 1, 0})),
             equals(numbers_of({1000, 0, 0, 1000, 1e308})));
  CHECK_THAT(loss_of(numbers_of({40, -40}), numbers_of({1, 0})),
             equals(numbers_of({std::exp(-40.0), std::exp(-40.0)})).within(1_ulp));
}

TEST_CASE("binary_cross_entropy_with_logits hands NaN of logits on and leaves the others alone") {
  const auto not_a_number = std::numeric_limits<double>::quiet_NaN();
  CHECK_THAT(loss_of(numbers_of({not_a_number, 0}), numbers_of({1, 1})),
             equals(numbers_of({not_a_number, std::log(2.0)})));
}

TEST_CASE("binary_cross_entropy_with_logits of nothing is nothing") {
  CHECK_THAT(loss_of(Array{{0, 3}}, Array{{0, 3}}), equals(Array{{0, 3}}));
  CHECK_THAT(weighted_loss_of(Array{{0, 3}}, Array{{0, 3}}, Array{{3}}), equals(Array{{0, 3}}));
}

TEST_CASE("binary_cross_entropy_with_logits refuses targets below 0 or above 1 and names the first") {
  Array targets{{100, 100}};
  targets.values<float>()[1234] = 1.5f;
  targets.values<float>()[9000] = -1;
  const Array logits{{100, 100}};
  CHECK_REFUSED(FeedError, loss_of(logits, targets),
                "binary_cross_entropy_with_logits: the target at [12, 34] is 1.5, not in [0, 1]");
  CHECK_REFUSED(FeedError, weighted_loss_of(logits, targets, Array::full({100}, 2)),
                "the target at [12, 34]");
  targets.values<float>()[5] = std::numeric_limits<float>::quiet_NaN();
  CHECK_REFUSED(FeedError, loss_of(logits, targets), "the target at [0, 5] is nan");
}

TEST_CASE("binary_cross_entropy_with_logits refuses shapes and dtypes that differ") {
  Graph graph;
  const auto logits = graph.input("logits", {graph.dim("batch"), 1});
  const auto targets = graph.input("targets", {graph.dim("batch")});
  CHECK_REFUSED(ShapeError, binary_cross_entropy_with_logits(logits, targets),
                "binary_cross_entropy_with_logits: the targets are [batch] and the logits [batch, 1]");
  const auto labels = graph.input("labels", {graph.dim("batch"), 1}, DType::int32);
  CHECK_REFUSED(TypeError, binary_cross_entropy_with_logits(logits, labels),
                "dtypes differ: float32 and int32");
  const auto weights = graph.input("weights", {5});
  CHECK_REFUSED(ShapeError, binary_cross_entropy_with_logits(logits, logits, {.pos_weight = weights}),
                "the weights [5] cannot be repeated to fill [batch, 1]");
}
