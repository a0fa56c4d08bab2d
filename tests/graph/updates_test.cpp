#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/mlp.hpp>
#include <retrograph/models/optimizers/sgd.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/counted.hpp"
#include "support/matchers.hpp"

#include <cmath>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// The operand, refused where its first number is below 0.
struct Picky {
  static constexpr std::string_view name = "picky";
  static constexpr bool differentiable = false;
  Types infer(const Types& operands) const { return operands; }
  void compute(const Call& call) const {
    const auto* x = call.input(0).values<float>();
    if (x[0] < 0) throw FeedError{"the first number is below 0"};
    std::copy_n(x, call.output(0).size, call.output(0).values<float>());
  }
};

Tensor picky(const Tensor& x) {
  return apply(Picky{}, {x}, std::source_location::current());
}

Initializer counting() {
  return [](const ArrayType& type, const RandomStream&) { return counted(type.extents); };
}

/// Two parameters that are updated, of few numbers or of so many that each step is a task of its own.
struct Model {
  explicit Model(std::int64_t size_) : size{size_} {}

  std::int64_t size;
  Graph graph;
  Input x = graph.input("x", {size});
  Parameter a = graph.parameter("a", {size}, counting());
  Parameter b = graph.parameter("b", {size}, counting());
};

}  // namespace

TEST_CASE("a run that throws leaves the state as it was, wherever the step that throws stands") {
  for (const std::int64_t size : {4, 100'000})
    for (const int threads : {1, 2, 3}) {
      Model m{size};
      const auto next_a = m.a - m.x, next_b = m.b + m.x;
      const auto first = picky(m.x), late = picky(sum(m.x * first)), after_update = picky(next_a * m.x);
      for (const auto& refused : {first, late, after_update, picky(m.b * m.x)}) {
        Executable run{m.graph,
                       {.outputs = {refused}, .updates = {{m.a, next_a}, {m.b, next_b}}, .threads = threads}};
        auto state = initial_state(m.graph, 1);
        const auto before = state;
        auto bad = Array::full({size}, -1), good = Array::full({size}, 1);
        state[m.a].values<float>()[0] = state[m.b].values<float>()[0] = 2;
        const auto a = state[m.a], b = state[m.b];
        CHECK_REFUSED(FeedError, run.run(state, m.x.feed(bad)), "the first number is below 0");
        CHECK_THAT(state[m.a], equals(a));
        CHECK_THAT(state[m.b], equals(b));
        CHECK(state.step() == 0);
        run.run(state, m.x.feed(good));
        CHECK(state[m.a].at(0) == 1);
        CHECK(state[m.b].at(0) == 3);
        CHECK(state[m.b].at(size - 1) == static_cast<double>(size));
      }
    }
}

TEST_CASE("two parameters that read each other take on what the old numbers give") {
  for (const std::int64_t size : {4, 100'000}) {
    Model m{size};
    Executable run{m.graph, {.updates = {{m.a, m.a + m.b + m.x}, {m.b, m.b - m.a}}}};
    auto state = initial_state(m.graph, 1);
    for (const auto& [a, b] : {std::pair{7.0, 0.0}, std::pair{8.0, -7.0}, std::pair{2.0, -15.0}}) {
      run.run(state, m.x.feed(Array::full({size}, 1)));
      CHECK(state[m.a].at(3) == a);
      CHECK(state[m.b].at(3) == b);
    }
  }
}

TEST_CASE("an output that is a parameter has its old numbers, one that is its new value the new") {
  Model m{4};
  const auto next = m.a + m.x;
  Executable run{m.graph, {.outputs = {m.a, next, next * 2}, .updates = {{m.a, next}}}};
  Executable run_in_place{m.graph, {.outputs = {next, next * 2}, .updates = {{m.a, next}}}};
  auto state = initial_state(m.graph, 1), other = state;
  for (double step = 0; step < 3; ++step) {
    const auto x = Array::full({4}, 10);
    const auto results = run.run(state, m.x.feed(x));
    CHECK(results[m.a].at(1) == 1 + 10 * step);
    CHECK(results[next].at(1) == 11 + 10 * step);
    const auto in_place = run_in_place.run(other, m.x.feed(x));
    CHECK(in_place[next].at(1) == 11 + 10 * step);
    CHECK(in_place.at(1).at(1) == 22 + 20 * step);
    CHECK_THAT(other[m.a], equals(state[m.a]));
  }
}

TEST_CASE("a parameter that is fed to the run, or shown by another, is read before it is overwritten") {
  Model m{4};
  // Two readers of x: the one that overwrites a, and one that runs after it.
  const auto next = m.a + m.x;
  const auto after = next * m.x + m.b;
  Executable run{m.graph, {.outputs = {after}, .updates = {{m.a, next}}}};
  auto state = initial_state(m.graph, 1);
  state.set("b", Array::view(std::as_const(state)[m.a]));
  const auto result = run.run(state, m.x.feed(std::as_const(state)[m.a]));
  CHECK_THAT(result[after], equals(Array::of<float>({4}, {0, 3, 10, 21})));
  CHECK_THAT(state[m.a], equals(Array::of<float>({4}, {0, 2, 4, 6})));
}

TEST_CASE("descent with momentum has the same bits in place and not, with any number of threads") {
  Graph graph;
  const auto model = mlp(graph, {.inputs = 300, .hidden = {200, 100}});
  const auto updates =
      sgd(model.loss, graph.parameters(), {.learning_rate = 0.1, .momentum = 0.9, .nesterov = true});
  const auto images = counted({64, 300});
  const auto labels = Array::full({64}, 3, DType::int32);
  const auto after_training = [&](int threads, bool in_place) {
    Executable run{graph,
                   {.outputs = {model.loss},
                    .updates = updates,
                    .threads = threads,
                    .passes = {.update_in_place = in_place}}};
    auto state = initial_state(graph, 1);
    for (int step = 0; step < 4; ++step) run.run(state, model.images.feed(images), model.labels.feed(labels));
    return state;
  };
  const auto expected = after_training(1, false);
  for (const int threads : {1, 2, 3, 8}) {
    const auto state = after_training(threads, true);
    for (std::size_t index = 0; index < state.size(); ++index)
      CHECK(state.array(index) == expected.array(index));
  }
}
