#pragma once

#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/graph/random.hpp>
#include <retrograph/models/initializers.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/slice.hpp>
#include <retrograph/ops/sum.hpp>
#include <retrograph/ops/trigonometric.hpp>

#include "support/matchers.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace retrograph::test {

using Numbers = std::vector<double>;

/// What an optimizer should do, worked out without a graph: moves all parameters by their gradients. The
/// steps count from 1.
using Reference =
    std::function<void(std::vector<Numbers>& parameters, std::vector<Numbers> gradients, int t)>;

/// `rule(w, g, memory, t)` for each number, which has a memory of its own.
template <class Memory, class Rule>
Reference each_number(Rule rule) {
  return [rule, memories = std::vector<std::vector<Memory>>{}](auto& parameters, const auto& gradients,
                                                               int t) mutable {
    memories.resize(parameters.size());
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      memories[p].resize(parameters[p].size());
      for (std::size_t i = 0; i < parameters[p].size(); ++i)
        rule(parameters[p][i], gradients[p][i], memories[p][i], t);
    }
  };
}

/// Two parameters in double, and a loss with a gradient that a line can tell:
///
///     loss = sum(a w^2 + b sin(w))        gradient = 2 a w + b cos(w)
///
/// with other a and b in each step, unless each is of a full batch.
class Trajectory {
 public:
  bool full_batch = false;
  Graph graph;
  Input a = graph.input("a", {7}, DType::float64), b = graph.input("b", {7}, DType::float64);
  Parameter first = graph.parameter("hidden/weight", {4}, uniform(-1, 1), DType::float64);
  Parameter second = graph.parameter("output/bias", {3}, uniform(-1, 1), DType::float64);
  Tensor loss = part(first, 0) + part(second, 4);

  /// Checks 60 steps of the updates against the reference, to a relative error of 1e-10. Returns the state.
  State check(const Updates& updates, Reference reference, int steps = 60) {
    Executable train{graph, {.updates = updates, .threads = 1}};
    auto state = initial_state(graph, 1);
    std::vector<Numbers> expected{numbers(state[first]), numbers(state[second])};
    for (int t = 1; t <= steps; ++t) {
      const auto place = static_cast<std::uint64_t>(full_batch ? 1 : t);
      const auto x = drawn("a", place, 0, 1), y = drawn("b", place, -1, 1);
      reference(expected, {gradient(expected[0], 0, x, y), gradient(expected[1], 4, x, y)}, t);
      train.run(state, a.feed(x), b.feed(y));
      INFO("step " << t);
      require_close(state[first], expected[0]);
      require_close(state[second], expected[1]);
    }
    return state;
  }

 private:
  Tensor part(const Parameter& w, std::int64_t begin) {
    const Range range{begin, begin + w.shape()[0].number()};
    return sum(slice(a, 0, range) * w * w + slice(b, 0, range) * sin(w));
  }

  static Numbers numbers(const Array& array) {
    const auto values = array.values<double>();
    return {values.begin(), values.end()};
  }

  static Array drawn(std::string_view name, std::uint64_t place, double low, double high) {
    return uniform(low, high)({DType::float64, {7}}, RandomStream{5, name, place});
  }

  static Numbers gradient(const Numbers& w, std::size_t begin, const Array& x, const Array& y) {
    Numbers gradient;
    for (std::size_t i = 0; i < w.size(); ++i) {
      const auto place = static_cast<std::int64_t>(begin + i);
      gradient.push_back(2 * x.at(place) * w[i] + y.at(place) * std::cos(w[i]));
    }
    return gradient;
  }

  static void require_close(const Array& actual, const Numbers& expected) {
    double size = 0;
    for (const auto number : expected) size = std::max(size, std::abs(number));
    REQUIRE_THAT(actual,
                 equals(Array::copy_of<double>(actual.extents(), expected)).within(absolute(1e-10 * size)));
  }
};

}  // namespace retrograph::test
