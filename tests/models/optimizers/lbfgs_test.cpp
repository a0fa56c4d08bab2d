#include <retrograph/autograd/gradient.hpp>
#include <retrograph/models/mlp.hpp>
#include <retrograph/models/optimizers/lbfgs.hpp>
#include <retrograph/models/optimizers/schedules.hpp>
#include <retrograph/models/training/checkpoint.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/matmul.hpp>
#include <retrograph/ops/mean.hpp>
#include <retrograph/ops/power.hpp>
#include <retrograph/ops/softmax_cross_entropy.hpp>

#include "models/blobs.hpp"
#include "models/optimizers/trajectory.hpp"
#include "support/files.hpp"

#include <deque>
#include <numeric>

using namespace retrograph;
using namespace retrograph::test;

namespace {

double dot(const Numbers& a, const Numbers& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// Algorithm 7.5 with a rate for each number and without a line search, on all numbers in one row.
class Plain {
 public:
  Plain(std::size_t history, double least_curvature) : history_{history}, least_curvature_{least_curvature} {}

  /// The move, by the gradient.
  Numbers operator()(const Numbers& gradient, const Numbers& rates) {
    if (!last_gradient_.empty()) remember(gradient);
    auto r = gradient;
    std::deque<double> weights;
    for (auto pair = pairs_.rbegin(); pair != pairs_.rend(); ++pair) {
      weights.push_front(dot(pair->s, r) / dot(pair->s, pair->y));
      for (std::size_t i = 0; i < r.size(); ++i) r[i] -= weights.front() * pair->y[i];
    }
    if (!pairs_.empty())
      for (auto& number : r)
        number *= dot(pairs_.back().s, pairs_.back().y) / dot(pairs_.back().y, pairs_.back().y);
    for (const auto& [s, y] : pairs_) {
      const double weight = weights.front() - dot(y, r) / dot(s, y);
      weights.pop_front();
      for (std::size_t i = 0; i < r.size(); ++i) r[i] += weight * s[i];
    }
    double factor = 1;
    if (last_gradient_.empty()) {
      double length = 0;
      for (const auto number : gradient) length += std::abs(number);
      factor = std::min(1.0, 1 / length);
    }
    for (std::size_t i = 0; i < r.size(); ++i) r[i] *= -rates[i] * factor;
    last_gradient_ = gradient;
    last_move_ = r;
    return r;
  }

  int refused = 0;  // pairs

 private:
  struct Pair {
    Numbers s, y;
  };

  void remember(const Numbers& gradient) {
    Numbers y;
    for (std::size_t i = 0; i < gradient.size(); ++i) y.push_back(gradient[i] - last_gradient_[i]);
    if (!(dot(last_move_, y) > least_curvature_)) {
      ++refused;
      return;
    }
    if (pairs_.size() == history_) pairs_.pop_front();
    pairs_.push_back({last_move_, y});
  }

  std::size_t history_;
  double least_curvature_;
  std::deque<Pair> pairs_;  // the newest last
  Numbers last_gradient_, last_move_;
};

/// As lbfgs should move the parameters of a trajectory, each with a rate and a weight decay of its own.
Reference moved_by(Plain& plain, const Numbers& rates, const Numbers& decays = {0, 0}) {
  return [=, &plain](auto& parameters, const auto& gradients, int) {
    Numbers row, row_rates;
    for (std::size_t p = 0; p < 2; ++p)
      for (std::size_t i = 0; i < parameters[p].size(); ++i) {
        row.push_back(gradients[p][i] + decays[p] * parameters[p][i]);
        row_rates.push_back(rates[p]);
      }
    const auto move = plain(row, row_rates);
    auto next = move.begin();
    for (auto& parameter : parameters)
      for (auto& number : parameter) number += *next++;
  };
}

double largest(const Array& array) {
  double largest = 0;
  for (std::int64_t i = 0; i < array.size(); ++i) largest = std::max(largest, std::abs(array.at(i)));
  return largest;
}

std::size_t nodes_added(std::int64_t history) {
  Graph graph;
  const auto model = mlp(graph, {.inputs = 20, .hidden = {10}});
  const auto before = graph.node_count();
  lbfgs(model.loss, graph.parameters(), {.history = history});
  return graph.node_count() - before;
}

}  // namespace

TEST_CASE("lbfgs follows its algorithm over many steps, with histories of any length") {
  for (const auto history : std::initializer_list<std::size_t>{1, 3, 10})
    for (const double rate : {1.0, 0.1}) {
      INFO("history " << history << ", rate " << rate);
      Trajectory trajectory;
      trajectory.full_batch = true;
      Plain plain{history, 1e-10};
      trajectory.check(lbfgs(trajectory.loss, trajectory.graph.parameters(),
                             {.learning_rate = rate, .history = static_cast<std::int64_t>(history)}),
                       moved_by(plain, {rate, rate}));
    }
}

TEST_CASE("lbfgs leaves out pairs of little curvature, which other data in each step make") {
  for (const double least : {1e-10, 0.01}) {
    INFO("least curvature " << least);
    Trajectory trajectory;
    Plain plain{3, least};
    trajectory.check(lbfgs(trajectory.loss, trajectory.graph.parameters(),
                           {.learning_rate = 0.3, .history = 3, .least_curvature = least}),
                     moved_by(plain, {0.3, 0.3}));
    CHECK(plain.refused > 10);
    CHECK(plain.refused < 50);
  }
}

TEST_CASE("lbfgs follows its algorithm with schedules, groups and weight decay") {
  Trajectory trajectory;
  trajectory.full_batch = true;
  Plain plain{4, 1e-10};
  const auto state = trajectory.check(lbfgs(trajectory.loss, trajectory.graph.parameters(),
                                            {.learning_rate = step_decay(0.3, 20, 0.5),
                                             .history = 4,
                                             .weight_decay = 0.2,
                                             .groups = {{"output", 0.1, 0.5}}}),
                                      [&](auto& parameters, const auto& gradients, int t) {
                                        const double rate = 0.3 * std::pow(0.5, (t - 1) / 20);
                                        moved_by(plain, {rate, 0.1}, {0.2, 0.5})(parameters, gradients, t);
                                      });
  CHECK(state.at("lbfgs/learning_rate").scalar() == Approx(0.075));
  CHECK(state.at("lbfgs/step").scalar() == 60);
}

TEST_CASE("lbfgs follows the mean gradient of three runs, clipped by value and by norm") {
  Trajectory trajectory;
  Plain plain{3, 1e-10};
  std::vector<Numbers> sums;
  int clipped = 0, clipped_numbers = 0;
  const auto state = trajectory.check(
      lbfgs(trajectory.loss, trajectory.graph.parameters(),
            {.learning_rate = 0.1,
             .history = 3,
             .gradients = {.accumulate = 3, .clip_value = 0.5, .clip_norm = 1}}),
      [&](auto& parameters, const auto& gradients, int t) {
        if (t % 3 == 1) sums = {Numbers(4), Numbers(3)};
        for (std::size_t p = 0; p < 2; ++p)
          for (std::size_t i = 0; i < sums[p].size(); ++i) sums[p][i] += gradients[p][i] / 3;
        if (t % 3 != 0) return;
        for (auto& sum : sums)
          for (auto& number : sum) {
            clipped_numbers += std::abs(number) > 0.5;
            number = std::clamp(number, -0.5, 0.5);
          }
        const double norm = std::sqrt(dot(sums[0], sums[0]) + dot(sums[1], sums[1]));
        if (norm > 1) {
          ++clipped;
          for (auto& sum : sums)
            for (auto& number : sum) number /= norm;
        }
        moved_by(plain, {0.1, 0.1})(parameters, sums, t / 3);
      },
      61);
  CHECK(state.at("lbfgs/step").scalar() == 20);
  CHECK(clipped_numbers > 10);
  CHECK(clipped > 5);
  CHECK(clipped < 15);
}

TEST_CASE("lbfgs reaches the bottom of a narrow bowl, over parameters of two dtypes") {
  // Curvatures of 1 to 100, along axes that no parameter has to itself.
  Graph graph;
  const auto a = graph.parameter("a", {}, constant(1), DType::float64);
  const auto b = graph.parameter("b", {2}, constant(1), DType::float32);
  const auto wide = cast(b, DType::float64);
  const auto loss = sum(square(wide - a)) + 50 * square(sum(wide) + a - 3);
  Executable train{graph, {.outputs = {loss}, .updates = lbfgs(loss, graph.parameters())}};
  auto state = initial_state(graph, 1);
  state[b].values<float>()[0] = 4;
  for (int step = 0; step < 30; ++step) train.run(state);
  CHECK(state[a].scalar() == Approx(1).epsilon(1e-6));
  CHECK_THAT(state[b], equals(Array::of<float>({2}, {1, 1})).within(absolute(1e-6)));
}

TEST_CASE("lbfgs brings the gradient of a regression down to nothing") {
  // Regularised, so that there is one minimum: 50 points of 4 classes.
  const auto data = blobs(50, 1);
  Graph graph;
  const auto w = graph.parameter("w", {2, 4}, zeros(), DType::float64);
  const auto b = graph.parameter("b", {4}, zeros(), DType::float64);
  const auto logits = matmul(graph.constant(data.images.cast(DType::float64)), w) + b;
  const auto loss = mean(softmax_cross_entropy(logits, graph.constant(data.labels))) +
                    0.005 * (sum(square(w)) + sum(square(b)));
  const auto gradients = gradient(loss, graph.parameters());
  Executable train{graph, {.outputs = gradients, .updates = lbfgs(loss, graph.parameters())}};
  auto state = initial_state(graph, 1);
  for (int step = 0; step < 60; ++step) train.run(state);
  const auto results = train.run(state);
  CHECK(largest(results.at(0)) < 1e-8);
  CHECK(largest(results.at(1)) < 1e-8);
}

TEST_CASE("lbfgs goes on from a saved state with the same bits") {
  const auto data = blobs(50, 1);
  const TemporaryFolder folder;
  const auto train = [&](int steps, bool from_file, bool to_file) {
    Graph graph;
    const auto model = mlp(graph, {.inputs = 2, .hidden = {8}, .classes = 4});
    Executable run{graph, {.updates = lbfgs(model.loss, graph.parameters(), {.history = 3})}};
    auto state = from_file ? load_state(folder / "state", graph) : initial_state(graph, 1);
    for (int step = 0; step < steps; ++step)
      run.run(state, model.images.feed(data.images), model.labels.feed(data.labels));
    if (to_file) save_state(folder / "state", graph, state);
    return state;
  };
  const auto at_once = train(12, false, false);
  train(5, false, true);
  const auto resumed = train(7, true, false);
  for (std::size_t index = 0; index < at_once.size(); ++index) {
    INFO(at_once.name(index));
    CHECK(resumed.array(index) == at_once.array(index));
  }
}

TEST_CASE("lbfgs stays where the gradient is 0, and makes no number that is not finite") {
  Graph graph;
  const auto w = graph.parameter("w", {3}, constant(2), DType::float64);
  const auto x = graph.input("x", {}, DType::float64);
  const auto loss = sum(square(x * w));
  Executable train{graph, {.updates = lbfgs(loss, graph.parameters()), .check_finite = true}};
  auto state = initial_state(graph, 1);
  for (int step = 0; step < 3; ++step) train.run(state, x.feed(Array::scalar(0.0)));
  CHECK_THAT(state[w], equals(Array::full({3}, 2, DType::float64)));
  for (int step = 0; step < 9; ++step) train.run(state, x.feed(Array::scalar(1.0)));
  CHECK(largest(state[w]) < 1e-6);
}

TEST_CASE("lbfgs registers its updates, and moves what is not frozen") {
  Graph graph;
  const auto model = mlp(graph, {.inputs = 20, .hidden = {10}});
  const auto updates =
      lbfgs(model.loss, graph.parameters(),
            {.history = 2,
             .groups = {{.pattern = "*/weight", .frozen = true}, {.pattern = "hidden", .frozen = true}}});
  std::vector<std::string> names;
  for (const auto& update : updates) {
    names.push_back(update.parameter.name());
    CHECK(graph.node(update.value.node()).full_name().starts_with("gradient/") !=
          (graph.node(update.value.node()).role == Role::update));
  }
  CHECK(names == std::vector<std::string>{
                     "lbfgs/output/bias/last_gradient", "lbfgs/scale", "lbfgs/inverse_curvature_1",
                     "lbfgs/inverse_curvature_2", "lbfgs/output/bias/move_1", "lbfgs/output/bias/move_2",
                     "lbfgs/output/bias/gradient_change_1", "lbfgs/output/bias/gradient_change_2",
                     "lbfgs/step", "lbfgs/output/bias/last_move", "output/bias"});
}

TEST_CASE("lbfgs adds as many nodes for each pair that it remembers") {
  const auto pair = nodes_added(2) - nodes_added(1);
  CHECK(nodes_added(20) - nodes_added(10) == 10 * pair);
  CHECK(pair < 20 * 4);  // of 4 parameters
}

TEST_CASE("lbfgs refuses what it cannot do, in words") {
  Trajectory t;
  const auto all = t.graph.parameters();
  const auto refused = [&](const LbfgsOptions& options) {
    return message_of<GraphError>([&] { lbfgs(t.loss, all, options); });
  };
  CHECK_THAT(refused({.history = 0}), contains("lbfgs: a history of 0 is below 1"));
  CHECK_THAT(refused({.history = -3}), contains("lbfgs: a history of -3 is below 1"));
  CHECK_THAT(refused({.least_curvature = -1}), contains("lbfgs: the least curvature -1 is negative"));
  CHECK_THAT(refused({.least_curvature = NAN}), contains("lbfgs: the least curvature nan is negative"));
  CHECK_THAT(refused({.learning_rate = INFINITY}), contains("inf is no learning rate"));
  CHECK_THAT(refused({.weight_decay = -1}), contains("-1 is no weight decay"));
  CHECK_THAT(refused({.groups = {{"outptu", 0.1}}}), contains("no parameter matches 'outptu'"));
  CHECK_REFUSED(GraphError, lbfgs(t.loss, {}), "there are no parameters to train");
}
