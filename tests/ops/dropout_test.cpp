#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/catalogue.hpp>
#include <retrograph/ops/dropout.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace retrograph;
using namespace retrograph::test;

namespace {

struct Outcome {
  Array result, mask;
};

Outcome dropped(const Array& numbers, double rate, std::uint64_t seed = 1, std::uint64_t step = 0,
                const std::string& name = "drop", int threads = 1) {
  Graph graph;
  const auto y = dropout(graph.constant(numbers), rate).named(name);
  State state{seed};
  state.set_step(step);
  Executable executable{graph, {.outputs = {y, y.result(1)}, .threads = threads}};
  auto results = std::move(executable.run(std::as_const(state))).take();
  return {std::move(results[0]), std::move(results[1])};
}

std::int64_t zeros(const Array& array) {
  const auto values = array.values<float>();
  return std::count(values.begin(), values.end(), 0.0f);
}

Array ones(std::int64_t count) {
  return Array::full({count}, 1);
}

}  // namespace

TEST_CASE("dropout multiplies by a mask of 0 and 1 / (1 - rate)") {
  const auto numbers = sample_numbers({7, 13}, -2, 2).cast(DType::float32);
  const auto [result, mask] = dropped(numbers, 0.75);
  for (std::int64_t i = 0; i < numbers.size(); ++i) {
    CHECK((mask.at(i) == 0 || mask.at(i) == 4));
    CHECK(result.at(i) == numbers.at(i) * mask.at(i));
  }
}

TEST_CASE("dropout drops the share that the rate says, and the mean stays") {
  constexpr std::int64_t count = 100'000;
  for (const auto rate : {0.1, 0.5, 0.9}) {
    const auto [result, mask] = dropped(ones(count), rate);
    // The share is a mean of independent draws: five standard deviations are missed once in two million
    // times.
    const auto deviation = std::sqrt(rate * (1 - rate) / count);
    CHECK(std::abs(static_cast<double>(zeros(mask)) / count - rate) < 5 * deviation);
    const auto values = result.values<float>();
    double mean = 0;
    for (const auto value : values) mean += value / double{count};
    CHECK(std::abs(mean - 1) < 5 * deviation / (1 - rate));
  }
}

TEST_CASE("dropout draws by seed, name and step, and by nothing else") {
  const auto numbers = ones(1000);
  const auto mask = dropped(numbers, 0.5).mask;
  CHECK_THAT(dropped(numbers, 0.5).mask, equals(mask));
  const auto differences = [&](const Array& other) {
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < mask.size(); ++i) count += mask.at(i) != other.at(i);
    return count;
  };
  // Of 1000 independent pairs about half differ, with a standard deviation of 16.
  for (const auto& other : {dropped(numbers, 0.5, 2).mask, dropped(numbers, 0.5, 1, 1).mask,
                            dropped(numbers, 0.5, 1, 0, "other").mask}) {
    CHECK(differences(other) > 420);
    CHECK(differences(other) < 580);
  }
}

TEST_CASE("dropout draws for each number by itself") {
  const auto mask = dropped(ones(1000), 0.5).mask;
  for (std::int64_t distance = 1; distance <= 4; ++distance) {
    std::int64_t differences = 0;
    for (std::int64_t i = 0; i + distance < mask.size(); ++i)
      differences += mask.at(i) != mask.at(i + distance);
    CHECK(differences > 420);  // half of 1000, and five standard deviations of 16
    CHECK(differences < 580);
  }
}

TEST_CASE("two dropouts of one run draw each their own") {
  Graph graph;
  const auto x = graph.constant(ones(1000));
  const auto first = dropout(x, 0.5), second = dropout(x, 0.5);
  const auto masks = evaluate(first - second);
  CHECK(zeros(masks) > 420);
  CHECK(zeros(masks) < 580);
}

TEST_CASE("dropout has the same bits on any number of threads, at every size around a block of four") {
  for (const std::int64_t count : {1, 3, 4, 5, 100'003}) {
    const auto serial = dropped(ones(count), 0.3).result;
    for (const auto threads : {2, 3})
      CHECK_THAT(dropped(ones(count), 0.3, 1, 0, "drop", threads).result, equals(serial));
  }
}

TEST_CASE("dropout of rate 0 changes nothing and of rate 1 leaves nothing") {
  const auto numbers = sample_numbers({1000}, -2, 2).cast(DType::float32);
  CHECK_THAT(dropped(numbers, 0).result, equals(numbers));
  CHECK_THAT(dropped(ones(1000), 1).result, equals(Array{{1000}}));
}

TEST_CASE("dropout has the mask of the same run as its gradient") {
  Graph graph;
  const auto x = graph.input("x", {50}, DType::float64);
  const auto y = dropout(x, 0.5);
  Executable executable{graph, {.outputs = {gradient(sum(y), x), y.result(1)}}};
  const auto results = executable.run(State{3}, x.feed(sample_numbers({50}, 1, 2)));
  CHECK_THAT(results.at(0), equals(results.at(1)));
}

TEST_CASE("dropout of nothing is nothing") {
  CHECK_THAT(dropped(Array{{0, 3}}, 0.5).result, equals(Array{{0, 3}}));
}

TEST_CASE("dropout refuses a rate that is no probability, and integers") {
  Graph graph;
  const auto x = graph.input("x", {3});
  CHECK_REFUSED(GraphError, dropout(x, 1.5), "dropout: the rate is 1.5, not in [0, 1]");
  CHECK_REFUSED(GraphError, dropout(x, -0.1), "the rate is -0.1");
  CHECK_REFUSED(GraphError, dropout(x, std::nan("")), "the rate is nan");
  CHECK_REFUSED(TypeError, dropout(graph.input("n", {3}, DType::int32), 0.5), "is not defined for int32");
}
