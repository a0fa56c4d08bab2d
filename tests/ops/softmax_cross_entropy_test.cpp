#include <retrograph/autograd/check_gradient.hpp>
#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/catalogue.hpp>
#include <retrograph/ops/mean.hpp>
#include <retrograph/ops/one_hot.hpp>
#include <retrograph/ops/softmax.hpp>
#include <retrograph/ops/softmax_cross_entropy.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

#include <cmath>
#include <limits>

using namespace retrograph;
using namespace retrograph::test;
using Options = SoftmaxCrossEntropyOptions;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// The logits of three samples whose softmax is known: (1, 2, 5) / 8, (3, 3, 2) / 8, (6, 1, 1) / 8.
Array eighths() {
  auto numbers = Array::of<double>({3, 3}, {1, 2, 5, 3, 3, 2, 6, 1, 1});
  for (auto& number : numbers.values<double>()) number = std::log(number);
  return numbers;
}

Array labels_of(std::initializer_list<std::int32_t> labels) {
  return Array::of<std::int32_t>({static_cast<std::int64_t>(labels.size())}, labels);
}

Array numbers_of(std::initializer_list<double> numbers) {
  return Array::of<double>({static_cast<std::int64_t>(numbers.size())}, numbers);
}

Array loss_of(const Array& logits, const Array& labels, const Options& options = {}) {
  Graph graph;
  return evaluate(softmax_cross_entropy(graph.constant(logits), graph.constant(labels), options));
}

Array weighted_loss_of(const Array& logits, const Array& labels, Options options, const Array& weights) {
  Graph graph;
  options.class_weights = graph.constant(weights);
  return evaluate(softmax_cross_entropy(graph.constant(logits), graph.constant(labels), options));
}

/// d loss / d logits, for losses summed with 1, 2, 3, ... a row as upstream.
Array logits_gradient(const Array& logits, const Array& labels, Options options = {},
                      std::optional<Array> weights = {}) {
  Graph graph;
  const auto x = graph.input("logits", Shape{logits.extents()}, logits.dtype());
  if (weights) options.class_weights = graph.constant(*weights);
  const auto loss = softmax_cross_entropy(x, graph.constant(labels), options);
  auto upstream = Array{loss.shape().evaluate({}), DType::float64};
  double next = 1;
  for (auto& number : upstream.values<double>()) number = next++;
  return evaluate(gradient(loss, x, {.upstream = graph.constant(upstream)}), x.feed(logits));
}

double eighth_loss(int eighths_of_label) {
  return std::log(8.0 / eighths_of_label);
}

// Logits are rounded logarithms below 2, and their softmax and its logarithm are rounded again: 4 ulp of 2.
constexpr auto roundings = absolute(1e-15);

}  // namespace

TEST_CASE("softmax_cross_entropy is the logarithm of one over the labelled class's share") {
  CHECK_THAT(loss_of(eighths(), labels_of({2, 0, 1})),
             equals(numbers_of({eighth_loss(5), eighth_loss(3), eighth_loss(1)})).within(roundings));
  const auto wide = Array::of<std::int64_t>({3}, {2, 0, 1});
  CHECK_THAT(loss_of(eighths().cast(DType::float32), wide),
             equals(numbers_of({eighth_loss(5), eighth_loss(3), eighth_loss(1)}).cast(DType::float32))
                 .within(absolute(5e-7)));  // likewise in float32
}

TEST_CASE("softmax_cross_entropy has softmax of the logits as its second result") {
  Graph graph;
  const auto logits = sample_numbers({5, 17}, -3, 3);
  const auto x = graph.constant(logits);
  const auto loss = softmax_cross_entropy(x, graph.constant(labels_of({0, 16, 3, 3, 9})));
  CHECK_THAT(evaluate(loss.result(1)), equals(evaluate(softmax(x))));
}

TEST_CASE("softmax_cross_entropy of rows of probabilities is their cross-entropy with softmax") {
  const auto labels = Array::of<double>({3, 3}, {0.5, 0.25, 0.25, 0, 1, 0, 0, 0.5, 0.5});
  const auto first = (2 * eighth_loss(1) + eighth_loss(2) + eighth_loss(5)) / 4;
  CHECK_THAT(loss_of(eighths(), labels),
             equals(numbers_of({first, eighth_loss(3), eighth_loss(1)})).within(roundings));
}

TEST_CASE("softmax_cross_entropy takes one-hot rows for what class indices say") {
  const auto logits = sample_numbers({4, 10}, -3, 3);
  const auto labels = labels_of({7, 0, 9, 7});
  Graph graph;
  const auto rows = evaluate(one_hot(graph.constant(labels), 10, DType::float64));
  CHECK_THAT(loss_of(logits, rows), equals(loss_of(logits, labels)));
  CHECK_THAT(logits_gradient(logits, rows), equals(logits_gradient(logits, labels)));
}

TEST_CASE("softmax_cross_entropy weights each class") {
  const auto weights = numbers_of({1, 2, 4});
  CHECK_THAT(
      weighted_loss_of(eighths(), labels_of({2, 0, 1}), {}, weights),
      equals(numbers_of({4 * eighth_loss(5), eighth_loss(3), 2 * eighth_loss(1)})).within(absolute(4e-15)));
  const auto labels = Array::of<double>({3, 3}, {0.5, 0.5, 0, 0, 0, 1, 1, 0, 0});
  const auto first = (eighth_loss(1) + 2 * eighth_loss(2)) / 2;
  CHECK_THAT(weighted_loss_of(eighths(), labels, {}, weights),
             equals(numbers_of({first, 4 * eighth_loss(2), eighth_loss(6)})).within(absolute(4e-15)));
}

TEST_CASE("softmax_cross_entropy smooths labels towards all classes alike") {
  const auto even = [](int a, int b, int c) {
    return (eighth_loss(a) + eighth_loss(b) + eighth_loss(c)) / 3;
  };
  const auto expected =
      numbers_of({0.75 * eighth_loss(5) + 0.25 * even(1, 2, 5), 0.75 * eighth_loss(3) + 0.25 * even(3, 3, 2),
                  0.75 * eighth_loss(1) + 0.25 * even(6, 1, 1)});
  const auto rows = Array::of<double>({3, 3}, {0, 0, 1, 1, 0, 0, 0, 1, 0});
  CHECK_THAT(loss_of(eighths(), labels_of({2, 0, 1}), {.label_smoothing = 0.25}),
             equals(expected).within(roundings));
  CHECK_THAT(loss_of(eighths(), rows, {.label_smoothing = 0.25}), equals(expected).within(roundings));
}

TEST_CASE("softmax_cross_entropy gives ignored rows no loss, and the mean does not count them") {
  const auto labels = labels_of({2, -100, 1});
  CHECK_THAT(loss_of(eighths(), labels, {.ignore_index = -100}),
             equals(numbers_of({eighth_loss(5), 0, eighth_loss(1)})).within(roundings));
  CHECK_THAT(loss_of(eighths(), labels, {.ignore_index = -100, .reduction = LossReduction::mean}),
             equals(Array::scalar((eighth_loss(5) + eighth_loss(1)) / 2)).within(roundings));
  CHECK_THAT(loss_of(eighths(), labels_of({2, 0, 1}), {.ignore_index = 0}),
             equals(numbers_of({eighth_loss(5), 0, eighth_loss(1)})).within(roundings));
}

TEST_CASE("softmax_cross_entropy reduces to a mean weighted by class, or to a sum") {
  const auto labels = labels_of({2, 0, 1});
  const auto total = eighth_loss(5) + eighth_loss(3) + eighth_loss(1);
  CHECK_THAT(loss_of(eighths(), labels, {.reduction = LossReduction::sum}),
             equals(Array::scalar(total)).within(absolute(4e-15)));
  CHECK_THAT(loss_of(eighths(), labels, {.reduction = LossReduction::mean}),
             equals(Array::scalar(total / 3)).within(absolute(4e-15)));
  const auto weights = numbers_of({1, 2, 4});
  const auto weighted = 4 * eighth_loss(5) + eighth_loss(3) + 2 * eighth_loss(1);
  CHECK_THAT(weighted_loss_of(eighths(), labels, {.reduction = LossReduction::mean}, weights),
             equals(Array::scalar(weighted / 7)).within(absolute(4e-15)));
  CHECK_THAT(
      weighted_loss_of(eighths(), labels, {.ignore_index = 2, .reduction = LossReduction::mean}, weights),
      equals(Array::scalar((eighth_loss(3) + 2 * eighth_loss(1)) / 3)).within(absolute(4e-15)));
  // As in PyTorch, the mean over rows of probabilities counts rows, whatever the weights.
  const auto rows = Array::of<double>({3, 3}, {0, 0, 1, 1, 0, 0, 0, 1, 0});
  CHECK_THAT(weighted_loss_of(eighths(), rows, {.reduction = LossReduction::mean}, weights),
             equals(Array::scalar(weighted / 3)).within(absolute(4e-15)));
}

TEST_CASE("softmax_cross_entropy has the gradient a - y, exactly, times the upstream of the row") {
  const auto logits = sample_numbers({3, 10}, -3, 3);
  const auto labels = labels_of({7, 0, 9});
  Graph graph;
  const auto a = softmax(graph.constant(logits));
  const auto y = one_hot(graph.constant(labels), 10, DType::float64);
  const auto upstream = graph.constant(Array::of<double>({3, 1}, {1, 2, 3}));
  CHECK_THAT(logits_gradient(logits, labels), equals(evaluate((a - y) * upstream)));
}

TEST_CASE(
    "softmax_cross_entropy has the gradient a sum(w y) - w y with class weights, and 0 in ignored rows") {
  const auto logits = sample_numbers({3, 3}, -3, 3);
  const auto labels = labels_of({1, -1, 2});
  const auto weights = numbers_of({1, 2, 4});
  Graph graph;
  const auto a = softmax(graph.constant(logits));
  const auto wy = graph.constant(Array::of<double>({3, 3}, {0, 2, 0, 0, 0, 0, 0, 0, 4}));
  const auto upstream = graph.constant(Array::of<double>({3, 1}, {1, 2, 3}));
  CHECK_THAT(logits_gradient(logits, labels, {.ignore_index = -1}, weights),
             equals(evaluate((a * sum(wy, 1, Keep::yes) - wy) * upstream)));
}

TEST_CASE("softmax_cross_entropy has the gradient -log(a) with respect to probabilities") {
  Graph graph;
  const auto logits = graph.constant(sample_numbers({2, 3}, -3, 3));
  const auto y = graph.input("y", {2, 3}, DType::float64);
  const auto rows = Array::of<double>({2, 3}, {0.5, 0.25, 0.25, 0, 0, 1});
  const auto of_labels = gradient(sum(softmax_cross_entropy(logits, y)), y);
  CHECK_THAT(evaluate(of_labels, y.feed(rows)), equals(evaluate(-log_softmax(logits))));
}

TEST_CASE("softmax_cross_entropy has the Hessian diag(a) - a a^T, which is not 0") {
  Graph graph;
  const auto x = graph.input("x", {1, 3}, DType::float64);
  const auto numbers = eighths();
  const auto row = Array::of<double>({1, 3}, {numbers.at(0), numbers.at(1), numbers.at(2)});
  const auto delta = gradient(sum(softmax_cross_entropy(x, graph.constant(labels_of({1})))), x);
  const double a[] = {1 / 8.0, 2 / 8.0, 5 / 8.0};
  for (std::size_t j = 0; j < 3; ++j) {
    Array unit{{1, 3}, DType::float64}, expected{{1, 3}, DType::float64};
    unit.values<double>()[j] = 1;
    for (std::size_t k = 0; k < 3; ++k) expected.values<double>()[k] = (j == k ? a[j] : 0) - a[j] * a[k];
    CHECK_THAT(evaluate(gradient(delta, x, {.upstream = graph.constant(unit)}), x.feed(row)),
               equals(expected).within(roundings));
  }
}

TEST_CASE("softmax_cross_entropy takes logits of any size") {
  const auto far = Array::of<double>({2, 2}, {0, -746, 0, -746});
  CHECK_THAT(loss_of(far, labels_of({1, 0})), equals(numbers_of({746, 0})));
  const auto rows = Array::of<double>({2, 2}, {0, 1, 1, 0});
  CHECK_THAT(loss_of(far, rows), equals(numbers_of({746, 0})));
  const auto huge = Array::of<double>({2, 2}, {1e308, -1e307, 710, 710});
  CHECK_THAT(loss_of(huge, labels_of({1, 0})), equals(numbers_of({1.1e308, std::log(2.0)})).within(1_ulp));
}

TEST_CASE("softmax_cross_entropy keeps its digits where the loss is nearly 0") {
  // log(1 + exp(-40)) = exp(-40) to the last digit; 1 + exp(-40) itself rounds to 1.
  const auto sure = Array::of<double>({1, 2}, {40, 0});
  CHECK_THAT(loss_of(sure, labels_of({0})), equals(numbers_of({std::exp(-40.0)})).within(1_ulp));
}

TEST_CASE("softmax_cross_entropy of a single class is 0") {
  CHECK_THAT(loss_of(Array::of<double>({2, 1}, {-5, 1e300}), labels_of({0, 0})), equals(numbers_of({0, 0})));
}

TEST_CASE("softmax_cross_entropy lets a class of -infinity be, unless it is the label") {
  const auto masked = Array::of<double>({2, 2}, {3, -infinity, 3, -infinity});
  CHECK_THAT(loss_of(masked, labels_of({0, 1})), equals(numbers_of({0, infinity})));
  CHECK_THAT(loss_of(masked, Array::of<double>({2, 2}, {1, 0, 0.5, 0.5})), equals(numbers_of({0, infinity})));
}

TEST_CASE("softmax_cross_entropy of a row with NaN is NaN and leaves the other rows alone") {
  const auto logits = Array::of<double>({3, 2}, {not_a_number, 1, 1, not_a_number, 3, 3});
  CHECK_THAT(loss_of(logits, labels_of({0, 0, 0})),
             equals(numbers_of({not_a_number, not_a_number, std::log(2.0)})));
}

TEST_CASE("softmax_cross_entropy of an empty batch has no losses, and their mean is NaN") {
  const Array logits{{0, 10}, DType::float64}, labels{{0}, DType::int32};
  CHECK_THAT(loss_of(logits, labels), equals(Array{{0}, DType::float64}));
  CHECK_THAT(logits_gradient(logits, labels), equals(logits));
  CHECK(std::isnan(loss_of(logits, labels, {.reduction = LossReduction::mean}).scalar()));
  CHECK_THAT(loss_of(logits, labels, {.reduction = LossReduction::sum}), equals(Array::scalar(0.0)));
}

TEST_CASE("softmax_cross_entropy takes rows along several axes, and a number of classes that is a symbol") {
  Graph graph;
  const auto logits = graph.input("logits", {graph.dim("batch"), 2, graph.dim("classes")}, DType::float64);
  const auto labels = graph.input("labels", {graph.dim("batch"), 2}, DType::int64);
  const auto loss = softmax_cross_entropy(logits, labels, {.label_smoothing = 0.1});
  CHECK(loss.shape() == Shape{graph.dim("batch"), 2});
  const auto delta = gradient(sum(loss), logits);
  const auto numbers = sample_numbers({3, 2, 5}, -2, 2);
  const auto classes = Array::of<std::int64_t>({3, 2}, {0, 1, 2, 3, 4, 0});
  const auto flat_numbers = numbers.reshaped({6, 5});
  const auto flat_labels = labels_of({0, 1, 2, 3, 4, 0});
  CHECK_THAT(evaluate(loss, logits.feed(numbers), labels.feed(classes)),
             equals(loss_of(flat_numbers, flat_labels, {.label_smoothing = 0.1}).reshaped({3, 2})));
  const auto ones = logits_gradient(flat_numbers, flat_labels, {.label_smoothing = 0.1});
  const auto actual = evaluate(delta, logits.feed(numbers), labels.feed(classes));
  for (std::int64_t k = 0; k < 5; ++k)
    CHECK(actual.at(k) == ones.at(k));  // row 0 has the upstream 1 there too
}

TEST_CASE("softmax_cross_entropy has the same bits on any number of threads") {
  Graph graph;
  const auto logits = graph.input("logits", {5000, 37});
  const auto labels = graph.input("labels", {5000}, DType::int32);
  const auto loss = softmax_cross_entropy(logits, labels);
  const auto numbers = sample_numbers({5000, 37}, -9, 9).cast(DType::float32);
  Array classes{{5000}, DType::int32};
  std::int32_t next = 0;
  for (auto& label : classes.values<std::int32_t>()) label = next++ % 37;
  const auto run = [&](int threads) {
    Executable executable{graph, {.outputs = {loss, gradient(mean(loss), logits)}, .threads = threads}};
    return std::move(executable.run(logits.feed(numbers), labels.feed(classes))).take();
  };
  const auto serial = run(1);
  for (const auto threads : {2, 3}) {
    const auto results = run(threads);
    CHECK_THAT(results[0], equals(serial[0]));
    CHECK_THAT(results[1], equals(serial[1]));
  }
}

TEST_CASE("softmax_cross_entropy refuses a label out of range and names the row") {
  Graph graph;
  const auto logits = graph.input("logits", {4, 10});
  const auto labels = graph.input("labels", {4}, DType::int32);
  const auto loss = softmax_cross_entropy(logits, labels);
  const Array numbers{{4, 10}};
  const auto run = [&](const Array& classes) { evaluate(loss, logits.feed(numbers), labels.feed(classes)); };
  CHECK_REFUSED(FeedError, run(labels_of({0, 9, 10, 11})),
                "row 2 has the label 10, and there are 10 classes");
  CHECK_REFUSED(FeedError, run(labels_of({0, -1, 10, 11})),
                "row 1 has the label -1, and there are 10 classes");
  CHECK_REFUSED(FeedError, run(labels_of({0, -1, 10, 11})), "softmax_cross_entropy: row 1");
  CHECK_REFUSED(FeedError, run(labels_of({0, -1, 10, 11})), "hint: labels are in [0, 10)");
}

TEST_CASE("softmax_cross_entropy names the first bad row however the work is split") {
  Array labels{{5000}, DType::int32};
  for (const auto row : {1234, 1235, 4999}) labels.values<std::int32_t>()[static_cast<std::size_t>(row)] = 50;
  const Array logits{{5000, 37}};
  CHECK_REFUSED(FeedError, loss_of(logits, labels), "row 1234 has the label 50");
  const auto over_two_axes = std::move(labels).reshaped({50, 100});
  CHECK_REFUSED(FeedError, loss_of(logits.reshaped({50, 100, 37}), over_two_axes),
                "row [12, 34] has the label 50");
}

TEST_CASE("softmax_cross_entropy refuses rows that are no probabilities and names the row") {
  const auto refuse = [](std::initializer_list<double> rows) {
    return loss_of(Array{{2, 2}, DType::float64}, Array::of<double>({2, 2}, rows));
  };
  CHECK_REFUSED(FeedError, refuse({0.5, 0.5, 0.5, 0.4}), "row 1 of the labels adds up to 0.9, not to 1");
  CHECK_REFUSED(FeedError, refuse({0, 0, 0.5, 0.4}), "row 0 of the labels adds up to 0, not to 1");
  CHECK_REFUSED(FeedError, refuse({0, 1, 1.25, -0.25}),
                "row 1 of the labels has the probability -0.25 for class 1");
  CHECK_REFUSED(FeedError, refuse({not_a_number, 1, 0.5, 0.5}),
                "row 0 of the labels has the probability nan");
  CHECK_NOTHROW(refuse({0.5, 0.500009, 1, 0}));
  CHECK_REFUSED(FeedError, refuse({0.5, 0.500011, 1, 0}), "row 0 of the labels adds up to 1.00001");
}

TEST_CASE("softmax_cross_entropy refuses labels of another batch and names both shapes") {
  Graph graph;
  const auto logits = graph.input("logits", {graph.dim("batch"), 10});
  const auto labels = graph.input("labels", {64}, DType::int32);
  const auto refuse = [&] { softmax_cross_entropy(logits, labels); };
  CHECK_REFUSED(ShapeError, refuse(),
                "softmax_cross_entropy: the labels are [64] and the rows of logits [batch]");
  CHECK_REFUSED(ShapeError, refuse(), "logits [batch, 10] float32");
  CHECK_REFUSED(ShapeError, refuse(), "hint: class indices must be [batch]");
  const auto rows = graph.input("rows", {64, 10});
  CHECK_REFUSED(ShapeError, softmax_cross_entropy(logits, rows),
                "the labels are [64, 10] and the logits [batch, 10]");
  CHECK_REFUSED(ShapeError, softmax_cross_entropy(graph.constant(Array::scalar(1.0)), labels),
                "logits have no axis of classes");
}

TEST_CASE("softmax_cross_entropy refuses labels of another dtype and says what to do") {
  Graph graph;
  const auto logits = graph.input("logits", {3, 10});
  const auto bytes = graph.input("bytes", {3}, DType::uint8);
  CHECK_REFUSED(TypeError, softmax_cross_entropy(logits, bytes), "labels cannot be uint8");
  CHECK_REFUSED(TypeError, softmax_cross_entropy(logits, bytes),
                "hint: convert class indices to int32 with cast");
  const auto floats = graph.input("floats", {3});
  CHECK_REFUSED(ShapeError, softmax_cross_entropy(logits, floats),
                "hint: convert class indices to int32 with cast");
  const auto wide = graph.input("wide", {3, 10}, DType::float64);
  CHECK_REFUSED(TypeError, softmax_cross_entropy(logits, wide), "dtypes differ: float32 and float64");
  CHECK_REFUSED(TypeError, softmax_cross_entropy(bytes, bytes), "is not defined for uint8");
}

TEST_CASE("softmax_cross_entropy refuses options that do not fit") {
  Graph graph;
  const auto logits = graph.input("logits", {3, 10});
  const auto labels = graph.input("labels", {3}, DType::int32);
  const auto refuse = [&](const Options& options) { softmax_cross_entropy(logits, labels, options); };
  CHECK_REFUSED(GraphError, refuse({.label_smoothing = 1.5}), "the label smoothing is 1.5, not in [0, 1]");
  CHECK_REFUSED(GraphError, refuse({.label_smoothing = not_a_number}), "the label smoothing is nan");
  const auto rows = graph.input("rows", {3, 10});
  CHECK_REFUSED(GraphError, softmax_cross_entropy(logits, rows, {.ignore_index = 0}),
                "ignore_index has no meaning for rows of probabilities");
  const auto five = graph.input("five", {5});
  CHECK_REFUSED(ShapeError, refuse({.class_weights = five}), "the class weights are [5], not [10]");
  const auto wide = graph.input("wide", {10}, DType::float64);
  CHECK_REFUSED(TypeError, refuse({.class_weights = wide}),
                "the class weights are float64 and the logits float32");
}
