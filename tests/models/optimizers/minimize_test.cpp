#include <retrograph/models/initializers.hpp>
#include <retrograph/models/mlp.hpp>
#include <retrograph/models/optimizers/minimize.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/gather.hpp>
#include <retrograph/ops/matmul.hpp>
#include <retrograph/ops/power.hpp>
#include <retrograph/ops/slice.hpp>
#include <retrograph/ops/stop_gradient.hpp>
#include <retrograph/ops/sum.hpp>

#include "models/blobs.hpp"
#include "support/matchers.hpp"

#include <cmath>
#include <deque>
#include <functional>
#include <numeric>

using namespace retrograph;
using namespace retrograph::test;

namespace {

using Numbers = std::vector<double>;
using End = MinimizeReport::End;

Initializer filled(Numbers numbers) {
  return [numbers](const ArrayType& type, const RandomStream&) {
    return Array::copy_of<double>(type.extents, numbers).cast(type.dtype);
  };
}

Numbers numbers(const Array& array) {
  Numbers numbers;
  for (std::int64_t i = 0; i < array.size(); ++i) numbers.push_back(array.at(i));
  return numbers;
}

/// sum of 100 (x_(i+1) - x_i^2)^2 + (1 - x_i)^2, least at (1, 1, ...).
struct Rosenbrock {
  explicit Rosenbrock(const Numbers& start, DType dtype = DType::float64)
      : x{graph.parameter("x", {static_cast<std::int64_t>(start.size())}, filled(start), dtype)} {}

  static Numbers gradient(const Numbers& x) {
    Numbers g(x.size());
    for (std::size_t i = 0; i + 1 < x.size(); ++i) {
      const double gap = x[i + 1] - x[i] * x[i];
      g[i] += -400 * x[i] * gap - 2 * (1 - x[i]);
      g[i + 1] += 200 * gap;
    }
    return g;
  }
  static double value(const Numbers& x) {
    double sum = 0;
    for (std::size_t i = 0; i + 1 < x.size(); ++i)
      sum += 100 * std::pow(x[i + 1] - x[i] * x[i], 2) + std::pow(1 - x[i], 2);
    return sum;
  }

  Graph graph;
  Parameter x;
  Tensor here = slice(x, 0, {.stop = -1}), next = slice(x, 0, {.start = 1});
  Tensor loss = sum(100 * square(next - square(here)) + square(1 - here));
};

double dot(const Numbers& a, const Numbers& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// -H g with H as a matrix, by equations 7.16 and 7.17 from the last pairs and (7.20).
Numbers direction(const std::deque<std::pair<Numbers, Numbers>>& pairs, const Numbers& g) {
  const auto n = g.size();
  std::vector<Numbers> h(n, Numbers(n));
  for (std::size_t i = 0; i < n; ++i)
    h[i][i] = pairs.empty() ? 1
                            : dot(pairs.back().first, pairs.back().second) /
                                  dot(pairs.back().second, pairs.back().second);
  for (const auto& [s, y] : pairs) {
    const double rho = 1 / dot(s, y);
    std::vector<Numbers> next(n, Numbers(n));
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t k = 0; k < n; ++k)
          for (std::size_t l = 0; l < n; ++l)
            next[i][j] += ((i == k) - rho * s[i] * y[k]) * h[k][l] * ((l == j) - rho * y[l] * s[j]);
        next[i][j] += rho * s[i] * s[j];
      }
    h = next;
  }
  Numbers direction;
  for (const auto& row : h) direction.push_back(-dot(row, g));
  return direction;
}

}  // namespace

TEST_CASE(
    "minimize goes where the inverse Hessian of its formula points, by steps that meet Wolfe's conditions") {
  const Numbers start{0.5, 1, 0.5, -0.3, 0.8};
  Rosenbrock rosenbrock{start};
  auto state = initial_state(rosenbrock.graph, 1);
  auto x = start;
  std::deque<std::pair<Numbers, Numbers>> pairs;
  int checked = 0;
  const auto check = [&](const MinimizeReport& report) {
    const auto next = numbers(std::as_const(state)[rosenbrock.x]);
    const auto g = Rosenbrock::gradient(x), next_g = Rosenbrock::gradient(next);
    const auto d = direction(pairs, g);
    INFO("iteration " << report.iteration);
    Numbers expected = x;
    for (std::size_t i = 0; i < x.size(); ++i) expected[i] += report.step * d[i];
    REQUIRE_THAT(Array::copy_of<double>({5}, next),
                 equals(Array::copy_of<double>({5}, expected)).within(absolute(1e-10)));
    CHECK(report.loss == Approx(Rosenbrock::value(next)).epsilon(1e-10));
    CHECK(report.loss <= Rosenbrock::value(x) + 1e-4 * report.step * dot(g, d));
    CHECK(std::abs(dot(next_g, d)) <= 0.9 * std::abs(dot(g, d)));
    Numbers s, y;
    for (std::size_t i = 0; i < x.size(); ++i) {
      s.push_back(next[i] - x[i]);
      y.push_back(next_g[i] - g[i]);
    }
    pairs.emplace_back(s, y);
    if (pairs.size() > 3) pairs.pop_front();
    x = next;
    ++checked;
  };
  const auto report = minimize(rosenbrock.loss, rosenbrock.graph.parameters(), state, {},
                               {.history = 3, .change_tolerance = 0, .on_iteration = check});
  CHECK(report.end == End::small_gradient);
  CHECK(report.largest_gradient <= 1e-7);
  CHECK(checked == report.iteration);
  CHECK(checked > 15);
  CHECK_THAT(state[rosenbrock.x], equals(Array::full({5}, 1, DType::float64)).within(absolute(1e-6)));
}

TEST_CASE("minimize finds the bottom of Rosenbrock's valley from the usual start") {
  Rosenbrock rosenbrock{{-1.2, 1}};
  auto state = initial_state(rosenbrock.graph, 1);
  const auto report =
      minimize(rosenbrock.loss, rosenbrock.graph.parameters(), state, {}, {.change_tolerance = 0});
  CHECK(report.end == End::small_gradient);
  CHECK(report.iteration < 60);
  CHECK(report.loss < 1e-15);
  CHECK_THAT(state[rosenbrock.x], equals(Array::full({2}, 1, DType::float64)).within(absolute(1e-7)));
}

TEST_CASE("minimize ends on a quadratic in a few iterations, with feeds, over several parameters") {
  // |a x - b|^2 with a 12 x 4 and b fed; b is a times the x to be found.
  Graph graph;
  const auto a = graph.input("a", {12, 4}, DType::float64), b = graph.input("b", {12, 1}, DType::float64);
  const auto first = graph.parameter("first", {3, 1}, zeros(), DType::float64);
  const auto second = graph.parameter("second", {1, 1}, constant(2), DType::float64);
  const auto fixed = graph.parameter("fixed", {}, constant(7), DType::float64);
  const auto left = slice(a, 1, {.stop = 3}), right = slice(a, 1, {.start = 3});
  const auto loss = sum(square(matmul(left, first) + matmul(right, second) - b)) + 0 * fixed;
  const auto values = uniform(-1, 1)({DType::float64, {12, 4}}, RandomStream{3, "a"});
  const Numbers solution{0.5, -1.5, 2, 0.25};
  Array target{{12, 1}, DType::float64};
  for (std::int64_t i = 0; i < 48; ++i)
    target.values<double>()[static_cast<std::size_t>(i / 4)] +=
        values.at(i) * solution[static_cast<std::size_t>(i % 4)];
  auto state = initial_state(graph, 1);
  const std::vector<Feed> feeds{a.feed(values), b.feed(target)};
  const std::vector<Parameter> trained{first, second};
  const auto report =
      minimize(loss, trained, state, feeds, {.gradient_tolerance = 1e-9, .change_tolerance = 0});
  CHECK(report.end == End::small_gradient);
  CHECK(report.iteration <= 15);
  CHECK(report.evaluations <= 2 * report.iteration + 1);
  CHECK_THAT(state[first], equals(Array::of<double>({3, 1}, {0.5, -1.5, 2})).within(absolute(1e-8)));
  CHECK(state[second].scalar() == Approx(0.25).epsilon(1e-8));
  CHECK(state[fixed].scalar() == 7);
}

TEST_CASE(
    "minimize trains a net in float32 on all data at once, with the same bits on any number of threads") {
  const auto data = blobs(50, 1);
  const auto trained = [&](int threads) {
    Graph graph;
    const auto model = mlp(graph, {.inputs = 2, .hidden = {8}, .classes = 4});
    auto state = initial_state(graph, 1);
    const std::vector<Feed> feeds{model.images.feed(data.images), model.labels.feed(data.labels)};
    const auto report =
        minimize(model.loss, graph.parameters(), state, feeds, {.iterations = 30, .threads = threads});
    CHECK(report.loss < 0.01);
    return state;
  };
  const auto alone = trained(1), together = trained(3);
  for (std::size_t index = 0; index < alone.size(); ++index)
    CHECK(alone.array(index) == together.array(index));
}

TEST_CASE("minimize says why it ended") {
  const auto end = [](const Numbers& start, const MinimizeOptions& options, DType dtype = DType::float64) {
    Rosenbrock rosenbrock{start, dtype};
    auto state = initial_state(rosenbrock.graph, 1);
    return minimize(rosenbrock.loss, rosenbrock.graph.parameters(), state, {}, options);
  };
  const auto at_once = end({1, 1}, {});
  CHECK(at_once.end == End::small_gradient);
  CHECK(at_once.iteration == 0);
  CHECK(at_once.evaluations == 1);
  const auto cut = end({-1.2, 1}, {.iterations = 3});
  CHECK(cut.end == End::iterations);
  CHECK(cut.iteration == 3);
  CHECK(end({-1.2, 1}, {.change_tolerance = 1e-3}).end == End::small_change);
  const auto narrow = end({-1.2, 1}, {.gradient_tolerance = 0, .change_tolerance = 0}, DType::float32);
  CHECK((narrow.end == End::no_descent || narrow.end == End::small_gradient));
  CHECK(narrow.loss < 1e-8);
}

TEST_CASE("minimize steps back from where the loss is not finite") {
  // The root is NaN below 0, where a step of 10 leads.
  Graph graph;
  const auto x = graph.parameter("x", {}, constant(0.2), DType::float64);
  const auto loss = x - 3 * sqrt(x);  // least at 2.25
  auto state = initial_state(graph, 1);
  const auto report = minimize(loss, graph.parameters(), state, {}, {.change_tolerance = 0});
  CHECK(report.end == End::small_gradient);
  CHECK(state[x].scalar() == Approx(2.25).epsilon(1e-6));
}

TEST_CASE("minimize leaves the state at its last iteration when a run throws") {
  Graph graph;
  const auto x = graph.parameter("x", {1}, constant(0.5), DType::float64);
  const auto table = graph.constant(Array{{5}, DType::float64});
  const auto picked = gather(table, cast(stop_gradient(x), DType::int64));  // refuses 5 and above
  const auto loss = sum(square(x - 10) + picked);
  auto state = initial_state(graph, 1);
  std::vector<double> places{0.5};
  const auto note = [&](const MinimizeReport&) { places.push_back(std::as_const(state)[x].at(0)); };
  CHECK_THROWS_AS(minimize(loss, graph.parameters(), state, {}, {.on_iteration = note}), FeedError);
  CHECK(places.size() > 1);
  CHECK(state[x].at(0) == places.back());
}

TEST_CASE("minimize leaves the state at its last iteration when a callback throws") {
  Rosenbrock rosenbrock{{-1.2, 1}};
  auto state = initial_state(rosenbrock.graph, 1);
  struct Interrupted {};
  double loss = 0;
  const auto interrupt = [&](const MinimizeReport& report) {
    loss = report.loss;
    if (report.iteration == 4) throw Interrupted{};
  };
  CHECK_THROWS_AS(
      minimize(rosenbrock.loss, rosenbrock.graph.parameters(), state, {}, {.on_iteration = interrupt}),
      Interrupted);
  CHECK(Rosenbrock::value(numbers(std::as_const(state)[rosenbrock.x])) == Approx(loss).epsilon(1e-12));
}

TEST_CASE("minimize refuses what it cannot do, in words") {
  Rosenbrock rosenbrock{{-1.2, 1}};
  auto state = initial_state(rosenbrock.graph, 1);
  const auto all = rosenbrock.graph.parameters();
  const auto refused = [&](const MinimizeOptions& options) {
    return message_of<Error>([&] { minimize(rosenbrock.loss, all, state, {}, options); });
  };
  CHECK_THAT(refused({.iterations = -1}), contains("minimize: the number of iterations -1 is negative"));
  CHECK_THAT(refused({.history = -1}), contains("minimize: the history -1 is negative"));
  CHECK_THAT(refused({.gradient_tolerance = -1}), contains("the gradient tolerance -1 is negative"));
  CHECK_THAT(refused({.line_search = {.decrease = 0.9, .curvature = 0.1}}),
             contains("0 < decrease < curvature < 1, not 0.9 and 0.1"));
  CHECK_THAT(refused({.line_search = {.evaluations = 0}}), contains("0 evaluations are too few"));
  CHECK_REFUSED(GraphError, minimize(rosenbrock.loss, {}, state, {}),
                "minimize: there are no parameters to train");
  state[rosenbrock.x].values<double>()[0] = NAN;
  CHECK_REFUSED(NotFiniteError, minimize(rosenbrock.loss, all, state, {}),
                "minimize: the loss is nan where it starts");
}
