#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/data/idx.hpp>
#include <retrograph/models/data/mnist.hpp>
#include <retrograph/models/lesson.hpp>

#include "support/matchers.hpp"
#include "support/mnist_files.hpp"

#include <array>
#include <cmath>

using namespace retrograph;
using namespace retrograph::test;

namespace {

constexpr std::size_t pixels = 5, units = 3, classes = 4;
constexpr LessonOptions small{.pixels = pixels, .hidden = units, .classes = classes};

Array image() {
  return Array::of<double>({1, pixels}, {0.2, 0, 1, 0.7, 0.4});
}
Array label() {
  return Array::of<std::int32_t>({1}, {2});
}

/// The same net in plain loops, with its step.
struct ByHand {
  double hidden_weight[pixels][units], hidden_bias[units], output_weight[units][classes],
      output_bias[classes];
  double hidden[units], nets[classes];

  explicit ByHand(const State& state) {
    const auto copy = [&](const char* name, double* to) {
      const auto from = state.at(name).values<double>();
      std::copy(from.begin(), from.end(), to);
    };
    copy("hidden/weight", hidden_weight[0]);
    copy("hidden/bias", hidden_bias);
    copy("output/weight", output_weight[0]);
    copy("output/bias", output_bias);
  }

  void look_at(const Array& x) {
    for (std::size_t j = 0; j < units; ++j) {
      double sum = hidden_bias[j];
      for (std::size_t i = 0; i < pixels; ++i)
        sum += x.at(static_cast<std::int64_t>(i)) * hidden_weight[i][j];
      hidden[j] = 1 / (1 + std::exp(-sum / 78.5));
    }
    for (std::size_t k = 0; k < classes; ++k) {
      nets[k] = output_bias[k];
      for (std::size_t j = 0; j < units; ++j) nets[k] += hidden[j] * output_weight[j][k];
    }
  }

  double probability(std::size_t k) const {
    double sum = 0;
    for (const auto net : nets) sum += std::exp(net);
    return std::exp(nets[k]) / sum;
  }

  void step(const Array& x, std::size_t labelled, const LessonRates& rates) {
    double delta[classes], sent_back[units] = {};
    for (std::size_t k = 0; k < classes; ++k) delta[k] = probability(k) - (k == labelled ? 1 : 0);
    for (std::size_t j = 0; j < units; ++j)
      for (std::size_t k = 0; k < classes; ++k)
        sent_back[j] += delta[k] * output_weight[j][k] * hidden[j] * (1 - hidden[j]) / 78.5;
    for (std::size_t j = 0; j < units; ++j) {
      hidden_bias[j] -= rates.hidden * sent_back[j];
      for (std::size_t i = 0; i < pixels; ++i)
        hidden_weight[i][j] -= rates.hidden * sent_back[j] * x.at(static_cast<std::int64_t>(i));
      for (std::size_t k = 0; k < classes; ++k) output_weight[j][k] -= rates.output * delta[k] * hidden[j];
    }
    for (std::size_t k = 0; k < classes; ++k) output_bias[k] -= rates.output * delta[k];
  }
};

template <class Numbers>
Array array_of(const Extents& extents, const Numbers& numbers) {
  return Array::copy_of(
      extents, std::span{reinterpret_cast<const double*>(&numbers), sizeof numbers / sizeof(double)});
}

/// A set with these labels, whose image i is all i / 255.
Dataset set_of(const std::vector<std::int32_t>& labels) {
  const auto count = static_cast<std::int64_t>(labels.size());
  Dataset set{Array{{count, 2}}, Array::copy_of<std::int32_t>({count}, labels)};
  for (std::size_t i = 0; i < 2 * labels.size(); ++i)
    set.images.values<float>()[i] = static_cast<float>(i / 2) / 255.0f;
  return set;
}

}  // namespace

TEST_CASE("lesson makes a net of 784, 30 and 10 units whose numbers start between 0 and 1") {
  Graph graph;
  const auto model = lesson(graph);
  CHECK(model.images.dtype() == DType::float64);
  CHECK(model.logits.shape()[1].number() == 10);
  const auto state = initial_state(graph, 1);
  std::int64_t count = 0;
  for (const auto& parameter : graph.parameters())
    for (const auto number : state[parameter].values<double>()) {
      REQUIRE((number >= 0 && number < 1));
      ++count;
    }
  CHECK(count == 784 * 30 + 30 + 30 * 10 + 10);
}

TEST_CASE("the lesson's net and a step of it are what plain loops make of the formulas") {
  for (const auto variant : {LessonVariant::correct, LessonVariant::original}) {
    Graph graph;
    const auto model = lesson(graph, small);
    const auto rates = lesson_rates(variant, 0.5);
    auto state = initial_state(graph, 3);
    ByHand by_hand{state};
    by_hand.look_at(image());
    Executable train{graph,
                     {.inputs = {model.images, model.labels},
                      .outputs = {model.logits, model.loss, model.correct},
                      .updates = lesson_updates(model, rates)}};
    const auto x = image(), y = label();
    const auto results = train.run(state, model.images.feed(x), model.labels.feed(y));
    // Sums of at most 5 products of numbers below 3, a dozen roundings each.
    const auto close = absolute(1e-14);
    CHECK_THAT(results[model.logits], equals(array_of({1, classes}, by_hand.nets)).within(close));
    CHECK_THAT(results[model.loss], equals(Array::scalar(-std::log(by_hand.probability(2)))).within(close));
    by_hand.step(x, 2, rates);
    const auto after = [&](const char* name) { return state.at(name); };
    // The rate of 785 enlarges the rounding of the hidden steps.
    const auto close_steps = absolute(1e-13);
    CHECK_THAT(after("hidden/weight"),
               equals(array_of({pixels, units}, by_hand.hidden_weight)).within(close_steps));
    CHECK_THAT(after("hidden/bias"), equals(array_of({units}, by_hand.hidden_bias)).within(close_steps));
    CHECK_THAT(after("output/weight"),
               equals(array_of({units, classes}, by_hand.output_weight)).within(close));
    CHECK_THAT(after("output/bias"), equals(array_of({classes}, by_hand.output_bias)).within(close));
  }
}

TEST_CASE("the original trains its hidden layer 78.5 times as fast as it says") {
  CHECK(lesson_rates(LessonVariant::correct, 0.1).hidden == 10);
  CHECK(lesson_rates(LessonVariant::original, 0.1).hidden == 785);
  CHECK(lesson_rates(LessonVariant::original, 0.1).output == 0.1);
}

TEST_CASE("what the lesson had before are sigmoids of nets over 3.1 and the sum of squared errors") {
  Graph graph;
  auto options = small;
  options.output = LessonOptions::Output::scaled_sigmoid;
  const auto model = lesson(graph, options);
  const auto state = initial_state(graph, 3);
  ByHand by_hand{state};
  by_hand.look_at(image());
  double loss = 0;
  std::array<double, classes> outputs{};
  for (std::size_t k = 0; k < classes; ++k) {
    outputs[k] = 1 / (1 + std::exp(-by_hand.nets[k] / 3.1));
    loss += (outputs[k] - (k == 2 ? 1 : 0)) * (outputs[k] - (k == 2 ? 1 : 0));
  }
  const auto x = image(), y = label();
  CHECK_THAT(evaluate(model.logits, state, model.images.feed(x)),
             equals(array_of({1, classes}, outputs)).within(absolute(1e-15)));
  CHECK_THAT(evaluate(model.loss, state, model.images.feed(x), model.labels.feed(y)),
             equals(Array::scalar(loss)).within(absolute(1e-14)));
}

TEST_CASE("a shift of the lesson's nets leaves loss and gradients as they are") {
  const auto values = [](double shift) {
    Graph graph;
    auto options = small;
    options.shift = shift;
    const auto model = lesson(graph, options);
    const auto x = image(), y = label();
    const auto of = [&](const Tensor& tensor) {
      return evaluate(tensor, initial_state(graph, 3), model.images.feed(x), model.labels.feed(y));
    };
    const auto parameters = graph.parameters();
    return std::array{of(model.logits), of(model.loss), of(gradient(model.loss, parameters)[2])};
  };
  const auto plain = values(0), shifted = values(12);
  for (std::int64_t k = 0; k < shifted[0].size(); ++k) CHECK(shifted[0].at(k) < -9);
  CHECK_THAT(shifted[1], equals(plain[1]).within(absolute(1e-14)));
  CHECK_THAT(shifted[2], equals(plain[2]).within(absolute(1e-14)));
}

TEST_CASE("the lesson's digits are the first ten of each in their order, bytes over 255 in double") {
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 40; ++i) labels.push_back(7);  // ten of them count
  for (int i = 0; i < 130; ++i) labels.push_back(i % 10);
  const auto digits = lesson_digits(set_of(labels));
  REQUIRE(digits.size() == 100);
  const auto taken = digits.labels.values<std::int32_t>();
  std::array<int, 10> counts{};
  for (const auto digit : taken) ++counts.at(static_cast<std::size_t>(digit));
  for (const auto count : counts) CHECK(count == 10);
  CHECK(taken[9] == 7);
  CHECK(taken[10] == 0);
  CHECK(digits.images.at(2 * 9) == 9.0 / 255);
  CHECK(digits.images.at(2 * 10) == 40.0 / 255);
  CHECK(digits.images.at(2 * 10 + 1) == 40.0 / 255);
}

TEST_CASE("the lesson refuses data with fewer than ten of a digit, and labels that are none") {
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 99; ++i) labels.push_back(i % 10);
  CHECK_REFUSED(DataError, lesson_digits(set_of(labels)), "there are 9 images of the digit 9");
  labels[3] = 10;
  CHECK_REFUSED(DataError, lesson_digits(set_of(labels)), "label 3 is 10, and no digit");
}
