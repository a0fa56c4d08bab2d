#include <retrograph/autograd/check_gradient.hpp>
#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/catalogue.hpp>
#include <retrograph/ops/exponential.hpp>
#include <retrograph/ops/linear.hpp>
#include <retrograph/ops/matmul.hpp>
#include <retrograph/ops/mean.hpp>
#include <retrograph/ops/one_hot.hpp>
#include <retrograph/ops/softmax.hpp>
#include <retrograph/ops/softmax_cross_entropy.hpp>
#include <retrograph/ops/sum.hpp>
#include <retrograph/ops/transpose.hpp>

#include "support/matchers.hpp"

#include <cmath>

using namespace retrograph;
using namespace retrograph::test;

// The net of the lesson this library grew from, and what the lesson says of it: a hidden layer of
// sigmoid(net / 78.5), softmax at the output, cross-entropy as the loss, all weights and biases in [0, 1).

namespace {

constexpr double scaling = 78.5;

struct Sizes {
  std::int64_t batch, pixels, hidden, classes;
};
constexpr Sizes small{3, 12, 5, 4}, original{1, 784, 30, 10};

/// Uniform in [0, 1), different for each name.
Array uniform(Extents extents, std::string_view name) {
  Array numbers{std::move(extents), DType::float64};
  const RandomStream random{1, name};
  std::uint64_t place = 0;
  for (auto& number : numbers.values<double>()) number = random.uniform(place++);
  return numbers;
}

/// Hidden weight and bias, output weight and bias.
std::vector<Array> initial_weights(const Sizes& sizes) {
  return {uniform({sizes.pixels, sizes.hidden}, "hidden/weight"), uniform({sizes.hidden}, "hidden/bias"),
          uniform({sizes.hidden, sizes.classes}, "output/weight"), uniform({sizes.classes}, "output/bias")};
}

Array some_labels(const Sizes& sizes) {
  Array labels{{sizes.batch}, DType::int32};
  std::int32_t next = 2;
  for (auto& label : labels.values<std::int32_t>()) label = next++ % static_cast<std::int32_t>(sizes.classes);
  return labels;
}

struct Net {
  Tensor hidden, nets;
};

Net net_of(const Tensor& images, std::span<const Tensor> weights) {
  const auto hidden = sigmoid(linear(images, weights[0], weights[1]) / scaling);
  return {hidden, linear(hidden, weights[2], weights[3])};
}

/// Images, labels and the four weights, as one list of arguments.
std::vector<Array> arguments_of(const Sizes& sizes) {
  auto arguments = initial_weights(sizes);
  arguments.insert(arguments.begin(), {uniform({sizes.batch, sizes.pixels}, "images"), some_labels(sizes)});
  return arguments;
}

Tensor losses_of(std::span<const Tensor> arguments) {
  return softmax_cross_entropy(net_of(arguments[0], arguments.subspan(2)).nets, arguments[1]);
}

/// The same with the loss as the lesson first writes it, -sum_j y_j ln a_j.
Tensor losses_by_hand(std::span<const Tensor> arguments) {
  const auto a = softmax(net_of(arguments[0], arguments.subspan(2)).nets);
  const auto y = one_hot(arguments[1], a.shape()[1], a.dtype());
  return -sum(y * log(a), 1);
}

/// A row of nets as the lesson meets them, in [6, 16).
Array some_nets() {
  return sample_numbers({1, 10}, 6, 16);
}

Array row_of(double (*number)(std::int64_t)) {
  Array row{{1, 10}, DType::float64};
  for (std::int64_t k = 0; k < 10; ++k) row.values<double>()[static_cast<std::size_t>(k)] = number(k);
  return row;
}

}  // namespace

TEST_CASE("the lesson's net has the right first and second derivatives in every weight and pixel") {
  const auto arguments = arguments_of(small);
  CHECK_NOTHROW(check_gradient(losses_of, arguments, {.order = 1}));
  CHECK_NOTHROW(check_gradient(losses_of, arguments, {.order = 2}));
}

TEST_CASE("the lesson's net in its own size has the right derivatives along random directions") {
  const auto arguments = arguments_of(original);
  // w(t) = w + t_1 d_1 + t_2 d_2: a derivative in t is a derivative along a direction of all 23,860 weights.
  const auto along_directions = [&](std::span<const Tensor> t) {
    auto& graph = t[0].graph();
    std::vector<Tensor> moved;
    for (const auto& argument : arguments) {
      auto tensor = graph.constant(argument);
      for (std::size_t direction = 0; direction < t.size() && moved.size() >= 2; ++direction) {
        const auto name = std::to_string(direction) + std::to_string(moved.size());
        const auto way = graph.constant(uniform(argument.extents(), name)) - 0.5;
        tensor = tensor + t[direction] * way;
      }
      moved.push_back(tensor);
    }
    return losses_of(moved);
  };
  const std::vector<Array> start{Array::scalar(0.0), Array::scalar(0.0)};
  CHECK_NOTHROW(check_gradient(along_directions, start, {.order = 1}));
  CHECK_NOTHROW(check_gradient(along_directions, start, {.order = 2}));
}

TEST_CASE("the lesson's loss written by hand has the gradients of the fused one") {
  Graph graph;
  std::vector<Tensor> arguments;
  for (const auto& argument : arguments_of(small)) arguments.push_back(graph.constant(argument));
  const std::span<const Tensor> weights{arguments.begin() + 2, arguments.end()};
  const auto fused = gradient(mean(losses_of(arguments)), weights);
  const auto by_hand = gradient(mean(losses_by_hand(arguments)), weights);
  // Both are sums of at most 12 terms below 1, with a dozen roundings on the way of each.
  for (std::size_t index = 0; index < fused.size(); ++index)
    CHECK_THAT(evaluate(by_hand[index]), equals(evaluate(fused[index])).within(absolute(1e-15)));
}

TEST_CASE("delta at the lesson's output is a - y, to the last bit through the graph") {
  Graph graph;
  const auto nets = graph.input("nets", {1, 10}, DType::float64);
  const auto labels = graph.constant(Array::of<std::int32_t>({1}, {3}));
  const auto loss = softmax_cross_entropy(nets, labels);
  const auto delta = evaluate(gradient(sum(loss), nets), nets.feed(some_nets()));
  CHECK_THAT(delta,
             equals(evaluate(softmax(nets) - one_hot(labels, 10, DType::float64), nets.feed(some_nets()))));
}

TEST_CASE("delta at the lesson's output is what differences of the loss give") {
  const auto loss = [](std::span<const Tensor> x) { return softmax_cross_entropy(x[0], x[1]); };
  // Central differences with a step of 1e-5 * 16 err by h^2 / 6 times a third derivative below 0.1.
  CHECK_NOTHROW(check_gradient(loss, {some_nets(), Array::of<std::int32_t>({1}, {3})},
                               {.relative = 0, .absolute = 1e-9}));
}

TEST_CASE("delta is the product of the lesson's two factors, dE/da = -y / a and the Jacobian of softmax") {
  Graph graph;
  const auto nets = graph.constant(some_nets());
  const auto y = graph.constant(row_of([](std::int64_t k) { return k == 3 ? 1.0 : 0.0; }));
  const auto a = softmax(nets);
  const auto loss = -sum(y * log(a));
  CHECK_THAT(evaluate(gradient(loss, a)), equals(evaluate(-y / a)));
  CHECK_THAT(evaluate(gradient(loss, nets)), equals(evaluate(a - y)).within(absolute(1e-15)));
}

TEST_CASE("delta is a * sum(y) - y for any y: a sum of 1 is needed, a single 1 is not") {
  Graph graph;
  const auto nets = graph.constant(some_nets());
  const auto a = softmax(nets);
  const auto spread =
      graph.constant(row_of([](std::int64_t k) { return (static_cast<double>(k) + 1) / 55; }));
  const auto delta = [&](const Tensor& y) { return gradient(-sum(y * log_softmax(nets)), nets); };
  CHECK_THAT(evaluate(delta(spread)), equals(evaluate(a - spread)).within(absolute(1e-15)));
  CHECK_THAT(evaluate(gradient(sum(softmax_cross_entropy(nets, spread)), nets)),
             equals(evaluate(a - spread)));
  const auto twice = 2 * spread;
  CHECK_THAT(evaluate(delta(twice)), equals(evaluate(2 * a - twice)).within(absolute(1e-15)));
}

TEST_CASE("delta does not change when 12 is subtracted from every net") {
  Graph graph;
  const auto delta = [&](const Tensor& nets) {
    const auto loss = softmax_cross_entropy(nets, graph.constant(Array::of<std::int32_t>({1}, {3})));
    return evaluate(gradient(sum(loss), nets));
  };
  const auto nets = graph.constant(some_nets());
  // The subtraction rounds nets below 16 by up to 1e-15, and a net's error changes a by at most a quarter of
  // it.
  CHECK_THAT(delta(nets - 12), equals(delta(nets)).within(absolute(2e-15)));
}

TEST_CASE("the lesson's hidden gradient is delta sent back, with the factor 1 / 78.5 of its scaling") {
  Graph graph;
  std::vector<Tensor> arguments;
  for (const auto& argument : arguments_of(small)) arguments.push_back(graph.constant(argument));
  const auto images = arguments[0], output_weight = arguments[4];
  const auto [hidden, nets] = net_of(images, std::span{arguments}.subspan(2));
  const auto loss = softmax_cross_entropy(nets, arguments[1]);
  const auto gradients = gradient(sum(loss), std::span<const Tensor>{arguments}.subspan(2));
  const auto delta = loss.result(1) - one_hot(arguments[1], 4, DType::float64);
  const auto sent_back = matmul(delta, transpose(output_weight)) * hidden * (1 - hidden) / scaling;
  const auto expect = [&](std::size_t index, const Tensor& expected) {
    // The same products in another order, of numbers below 1.
    CHECK_THAT(evaluate(gradients[index]), equals(evaluate(expected)).within(absolute(1e-15)));
  };
  expect(0, matmul(transpose(images), sent_back));
  expect(1, sum(sent_back, 0));
  expect(2, matmul(transpose(hidden), delta));
  expect(3, sum(delta, 0));
}
