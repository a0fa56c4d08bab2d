#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/matmul.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

#include <cmath>

using namespace retrograph;
using namespace retrograph::test;

namespace {

Initializer ones() {
  return [](const ArrayType& type, const RandomStream&) { return Array::full(type.extents, 1, type.dtype); };
}

/// w <- w + sum(x), with outputs before and after.
struct Counter {
  Graph graph;
  Dim batch = graph.dim("batch");
  Input x = graph.input("x", {batch});
  Parameter w = graph.parameter("w", {}, ones());
  Tensor next = w + sum(x);
};

}  // namespace

TEST_CASE("a run returns its outputs and commits updates after all has been read") {
  Counter c;
  Executable run{c.graph, {.inputs = {c.x}, .outputs = {c.w, c.next}, .updates = {{c.w, c.next}}}};
  auto state = initial_state(c.graph, 1);
  const auto first = run.run(state, c.x.feed(Array::of<float>({2}, {2, 3})));
  CHECK(first[c.w].scalar() == 1);
  CHECK(first[c.next].scalar() == 6);
  CHECK(state[c.w].scalar() == 6);
  const auto second = run.run(state, c.x.feed(Array::of<float>({3}, {1, 1, 1})));
  CHECK(second[c.w].scalar() == 6);
  CHECK(state[c.w].scalar() == 9);
  CHECK(state.step() == 2);
}

TEST_CASE("two updates may exchange two parameters") {
  Graph graph;
  const auto a = graph.parameter("a", {2}, ones());
  const auto b = graph.parameter("b", {2}, ones());
  Executable run{graph, {.updates = {{a, b}, {b, a}}}};
  auto state = initial_state(graph, 1);
  state[a] = Array::of<float>({2}, {1, 2});
  state[b] = Array::of<float>({2}, {3, 4});
  run.run(state);
  CHECK_THAT(state[a], equals(Array::of<float>({2}, {3, 4})));
  CHECK_THAT(state[b], equals(Array::of<float>({2}, {1, 2})));
}

TEST_CASE("two parameters may take on one value, which is an output too") {
  Graph graph;
  const auto a = graph.parameter("a", {2}, ones());
  const auto b = graph.parameter("b", {2}, ones());
  const auto value = 2 * (a + b);
  Executable run{graph, {.outputs = {value}, .updates = {{a, value}, {b, value}}}};
  auto state = initial_state(graph, 1);
  for (const float expected : {4.0f, 16.0f}) {
    CHECK_THAT(run.run(state)[value], equals(Array::of<float>({2}, {expected, expected})));
    CHECK_THAT(state[a], equals(Array::of<float>({2}, {expected, expected})));
    CHECK_THAT(state[b], equals(Array::of<float>({2}, {expected, expected})));
  }
}

TEST_CASE("a copy of a state is a snapshot") {
  Counter c;
  Executable run{c.graph, {.updates = {{c.w, c.next}}}};
  auto state = initial_state(c.graph, 1);
  const auto snapshot = state;
  run.run(state, c.x.feed(Array::of<float>({1}, {5})));
  CHECK(snapshot[c.w].scalar() == 1);
  CHECK(state[c.w].scalar() == 6);
}

TEST_CASE("a state of one graph serves another with parameters of the same names") {
  Counter training, evaluation;
  const auto state = initial_state(training.graph, 1);
  CHECK(evaluate(evaluation.next, state, evaluation.x.feed(Array::of<float>({1}, {2}))).scalar() == 3);
}

TEST_CASE("a run that fails leaves the state as it was") {
  Counter c;
  const auto numerator = c.graph.input("numerator", {2}, DType::int32);
  const auto denominator = c.graph.input("denominator", {2}, DType::int32);
  const auto quotient = numerator / denominator;
  Executable run{c.graph, {.outputs = {quotient}, .updates = {{c.w, c.next}}}};
  auto state = initial_state(c.graph, 1);
  const auto zero = Array::of<std::int32_t>({2}, {1, 0});
  CHECK_THROWS_AS(run.run(state, c.x.feed(Array{{1}}), numerator.feed(zero), denominator.feed(zero)),
                  FeedError);
  CHECK(state[c.w].scalar() == 1);
  CHECK(state.step() == 0);
  const auto fine = Array::of<std::int32_t>({2}, {6, 8});
  const auto result = run.run(state, c.x.feed(Array{{1}}), numerator.feed(fine), denominator.feed(fine));
  CHECK_THAT(result[quotient], equals(Array::of<std::int32_t>({2}, {1, 1})));
}

TEST_CASE("plans for several shapes live side by side") {
  Counter c;
  Executable run{c.graph, {.outputs = {c.next}}};
  const auto state = initial_state(c.graph, 1);
  for (int round = 0; round < 3; ++round)
    for (std::int64_t rows = 0; rows < 12; ++rows) {
      const auto x = Array::full({rows}, 1);
      CHECK(run.run(state, c.x.feed(x))[c.next].scalar() == static_cast<double>(rows) + 1);
    }
}

TEST_CASE("feeds that do not fit are refused by name and shape") {
  Graph graph, other;
  const auto batch = graph.dim("batch");
  const auto x = graph.input("x", {batch, 3}), y = graph.input("y", {batch});
  const auto foreign = other.input("z", {3});
  Executable run{graph, {.inputs = {x, y}, .outputs = {sum(x) + sum(y)}}};
  const Array good_x{{2, 3}}, good_y{{2}};
  CHECK_REFUSED(FeedError, run.run(x.feed(good_x)), "'y' is not fed");
  CHECK_REFUSED(FeedError, run.run(x.feed(good_x), y.feed(good_y), y.feed(good_y)), "'y' is fed twice");
  CHECK_REFUSED(FeedError, run.run(x.feed(Array{{2, 4}}), y.feed(good_y)),
                "'x' is [batch, 3] and was fed [2, 4]");
  CHECK_REFUSED(FeedError, run.run(x.feed(Array{{6}}), y.feed(good_y)), "'x' is [batch, 3] and was fed [6]");
  CHECK_REFUSED(FeedError, run.run(x.feed(Array{{2, 3}, DType::float64}), y.feed(good_y)),
                "'x' is float32 and was fed float64");
  CHECK_REFUSED(FeedError, run.run(x.feed(good_x), y.feed(Array{{5}})),
                "the dim 'batch' is 2 in 'x' and 5 in 'y'");
  CHECK_REFUSED(FeedError, run.run(foreign.feed(Array{{3}})), "'z' is fed but belongs to another graph");
}

TEST_CASE("an executable refuses what it cannot compute") {
  Counter c;
  Graph other;
  const auto foreign = other.input("z", {});
  CHECK_REFUSED(GraphError, (Executable{c.graph, {}}), "there is nothing to compute");
  CHECK_REFUSED(GraphError, (Executable{c.graph, {.outputs = {foreign}}}), "'z' belongs to another graph");
  CHECK_REFUSED(GraphError, (Executable{c.graph, {.updates = {{c.w, c.next}, {c.w, c.w}}}}),
                "'w' is updated twice");
  const auto y = c.graph.input("y", {});
  CHECK_REFUSED(GraphError, (Executable{c.graph, {.inputs = {y, y}, .outputs = {c.next}}}),
                "'y' is listed twice");
  CHECK_REFUSED(GraphError, (Executable{c.graph, {.inputs = {y}, .outputs = {c.next}}}),
                "the outputs need the input 'x', which is not listed");
  CHECK_REFUSED(GraphError, (Executable{c.graph, {.outputs = {c.next}, .threads = -1}}),
                "-1 is no number of threads");
}

TEST_CASE("a state without a parameter, or with another shape, is refused by name") {
  Counter c;
  Executable run{c.graph, {.outputs = {c.next}}};
  State state{1};
  CHECK_REFUSED(GraphError, run.run(state, c.x.feed(Array{{1}})), "the state has no 'w'");
  state.set("w", Array{{2}});
  CHECK_REFUSED(ShapeError, run.run(state, c.x.feed(Array{{1}})),
                "'w' is [] float32 and the state has [2] float32");
}

TEST_CASE("a result that is no output is refused") {
  Counter c;
  Executable run{c.graph, {.outputs = {c.next}}};
  const auto results = run.run(initial_state(c.graph, 1), c.x.feed(Array{{1}}));
  CHECK_REFUSED(GraphError, results[c.w], "'w' is no output of this executable");
}

TEST_CASE("check_finite stops at the first node that makes a number that is not finite") {
  Graph graph;
  const auto x = graph.input("x", {2});
  const auto inverse = [&] {
    const auto scope = graph.scope("layer");
    return (1 / x).named("inverse");
  }();
  const auto line = std::to_string(__LINE__ - 2);
  const auto y = inverse * 2 + 1;
  const auto numbers = Array::of<float>({2}, {1, 0});
  CHECK(std::isinf(evaluate(y, x.feed(numbers)).at(1)));
  Executable checked{graph, {.outputs = {y}, .check_finite = true}};
  CHECK_REFUSED(NotFiniteError, checked.run(x.feed(numbers)),
                "layer/inverse: made a number that is not finite");
  CHECK_REFUSED(NotFiniteError, checked.run(x.feed(numbers)), "at executable_test.cpp:" + line);
}

TEST_CASE("check_finite names the product that is too large, not the step that would take it in") {
  Graph graph;
  const auto x = graph.input("x", {2, 2}), w = graph.input("w", {2, 2});
  const auto product = matmul(x, x).named("product");
  Executable checked{graph, {.outputs = {w - 0.5 * product}, .check_finite = true}};
  CHECK_REFUSED(NotFiniteError, checked.run(x.feed(Array::full({2, 2}, 1e30)), w.feed(Array{{2, 2}})),
                "product: made a number that is not finite");
}

TEST_CASE("check_finite tells a constant's node, and numbers that were fed, from those who use them") {
  Graph graph;
  const auto x = graph.input("x", {2});
  const auto infinite = (graph.constant(Array::of<float>({2}, {1, 2})) / 0.0).named("infinite");
  Executable constant{graph, {.outputs = {x * infinite}, .check_finite = true}};
  CHECK_REFUSED(NotFiniteError, constant.run(x.feed(Array{{2}})),
                "infinite: made a number that is not finite");
  Executable fed{graph, {.outputs = {x * 2}, .check_finite = true}};
  CHECK_REFUSED(NotFiniteError, fed.run(x.feed(Array::of<float>({2}, {1, INFINITY}))),
                "'x' was fed a number that is not finite");
}

TEST_CASE("a run does not write to memory of the caller that the state only shows") {
  Counter c;
  Executable run{c.graph, {.updates = {{c.w, c.next}}}};
  float mine = 1;
  const float fixed = 1;
  for (const bool writable : {true, false}) {
    State state{1};
    state.set("w", writable ? Array::view({}, std::span{&mine, 1}) : Array::view({}, std::span{&fixed, 1}));
    REQUIRE_FALSE(state[c.w].owns_its_numbers());
    for (int step = 0; step < 3; ++step) run.run(state, c.x.feed(Array::of<float>({1}, {10})));
    CHECK(state[c.w].scalar() == 31);
  }
  CHECK(mine == 1);
}

TEST_CASE("a plan can be read") {
  Counter c;
  Executable run{c.graph, {.outputs = {c.next}}};
  CHECK(run.plan() == "nothing has run yet\n");
  run.run(initial_state(c.graph, 1), c.x.feed(Array{{4}}));
  CHECK_THAT(run.plan(), contains("2 steps in 1 tasks"));
  CHECK_THAT(run.plan(), contains("sum"));
}
