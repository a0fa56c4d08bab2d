#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/compile/program.hpp>
#include <retrograph/graph/draw/dot.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/concat.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/slice.hpp>
#include <retrograph/ops/sum.hpp>
#include <retrograph/ops/transpose.hpp>

#include "support/matchers.hpp"
#include <fmt/format.h>

// Graphs so large that a walk by recursion would leave the stack, and that work which grows with the square
// of their size would take minutes.

using namespace retrograph;
using namespace retrograph::test;

namespace {

constexpr int large = 100'000;

Program compiled(const std::vector<Tensor>& outputs) {
  return compile(outputs.front().graph(), outputs, {}, {}, {.fuse = false});
}

/// Of ever more terms that are sums of two, so that the sum is no deeper than it must be.
Tensor sum_of(std::vector<Tensor> terms) {
  while (terms.size() > 1) {
    std::vector<Tensor> sums;
    for (std::size_t i = 0; i + 1 < terms.size(); i += 2) sums.push_back(terms[i] + terms[i + 1]);
    if (terms.size() % 2 == 1) sums.push_back(terms.back());
    terms = std::move(sums);
  }
  return terms.front();
}

}  // namespace

TEST_CASE("a chain of 200,000 nodes is differentiated, compiled, run and written as DOT") {
  Graph graph;
  const auto x = graph.input("x", {4});
  Tensor y = x;
  for (int depth = 0; depth < 2 * large; ++depth) y = tanh(y);
  const auto g = gradient(sum(y), x);
  CHECK(graph.node_count() > 4 * large);
  CHECK(compiled({y, g}).steps.size() >= 4 * large);
  CHECK(compile(graph, std::vector<Tensor>{y, g}, {}, {}).steps.size() < large);
  Executable executable{graph, {.outputs = {y, g}, .threads = 1}};
  const auto results = executable.run(x.feed(Array{{4}}));
  CHECK_THAT(results[y], equals(Array{{4}}));
  CHECK_THAT(results[g], equals(Array::full({4}, 1)));
  CHECK_THAT(to_dot(graph), contains(fmt::format("tanh_{}", 2 * large - 1)));
}

TEST_CASE("a node with 100,000 users is differentiated and compiled") {
  Graph graph;
  const auto x = graph.input("x", {});
  std::vector<Tensor> terms;
  double slope = 0;
  for (int term = 0; term < large; ++term) {
    terms.push_back(x * (term % 1000 + 0.5));
    slope += term % 1000 + 0.5;
  }
  const auto g = gradient(sum_of(terms), x);
  CHECK(compiled({g}).steps.empty());  // a constant
  CHECK(evaluate(g).scalar() == Approx(slope).epsilon(1e-6));
}

TEST_CASE("of 50,000 constants those that differ stay, and steps on those that are equal are one") {
  Graph graph;
  const auto x = graph.input("x", {});
  std::vector<Tensor> different, same;
  for (int term = 0; term < large / 2; ++term) {
    different.push_back(x * (2.0 + term));
    same.push_back(x * 2);
  }
  const auto program = compiled({sum_of(different)});
  CHECK(program.constants.size() == large / 2);
  CHECK(program.steps.size() == large - 1);
  CHECK(compiled({sum_of(same)}).steps.size() < 50);
}

TEST_CASE("50,000 ops that differ by their attributes alone are told apart and merged with their twins") {
  Graph graph;
  const auto table = graph.input("table", {large / 2});
  std::vector<Tensor> rows;
  for (int twice = 0; twice < 2; ++twice)
    for (int row = 0; row < large / 2; ++row) rows.push_back(slice(table, 0, Range{row, row + 1}));
  const auto program = compiled({concat(rows, 0)});
  CHECK(program.steps.size() == large / 2 + 1);
}

TEST_CASE("100,000 nodes in scopes and names of their own are told apart and drawn") {
  Graph graph;
  Tensor y = graph.input("x", {});
  for (int layer = 0; layer < large / 4; ++layer) {
    const auto scope = graph.scope(fmt::format("layer{}", layer));
    y = tanh(y * y).named("activation");
  }
  for (int layer = 0; layer < large / 2; ++layer) y = tanh(y).named(fmt::format("top{}", layer));
  CHECK(graph.node(y.node()).full_name() == fmt::format("top{}", large / 2 - 1));
  CHECK(tanh(y).name() == "tanh");  // each of the others gave this name up
  CHECK_THAT(to_dot(graph), contains(fmt::format("layer{}/activation", large / 4 - 1)));
}

TEST_CASE("100,000 steps that do nothing leave none, and as many that are known leave one constant") {
  Graph graph;
  const auto x = graph.input("x", {2, 3});
  Tensor y = x, known = graph.constant(Array::full({2, 3}, 1e-6));
  for (int depth = 0; depth < large / 4; ++depth) y = reshape(-transpose(y), {2, 3}) / 1;
  for (int depth = 0; depth < large; ++depth) known = known * 1.00001;
  const auto program = compiled({known});
  CHECK(program.steps.empty());
  CHECK(program.constants.size() == 1);
  CHECK(compiled({y}).steps.size() == 3 * (large / 4));
  for (int depth = 0; depth < large; ++depth) y = transpose(transpose(-(-y)));
  CHECK(compiled({y}).steps.size() == 3 * (large / 4));
}

TEST_CASE("100,000 inputs are listed, fed and found again") {
  Graph graph;
  std::vector<Input> inputs;
  std::vector<Tensor> terms;
  for (std::int64_t index = 0; index < large; ++index) {
    inputs.push_back(graph.input(fmt::format("x_{}", index), {}));
    terms.push_back(inputs.back());
  }
  const auto y = sum_of(std::move(terms));
  const auto one = Array::scalar<float>(1);
  std::vector<Feed> feeds;
  for (const auto& input : inputs) feeds.push_back(input.feed(one));
  for (const bool are_listed : {false, true}) {
    Executable executable{
        graph, {.inputs = are_listed ? inputs : std::vector<Input>{}, .outputs = {y}, .threads = 1}};
    const State no_parameters{0};
    for (int run = 0; run < 3; ++run) CHECK(executable.run(no_parameters, feeds).at(0).scalar() == large);
  }
}

TEST_CASE("10,000 tensors get their gradients by one sweep") {
  Graph graph;
  std::vector<Tensor> xs, terms;
  for (int index = 0; index < large / 10; ++index) {
    xs.push_back(graph.input(fmt::format("x{}", index), {}));
    terms.push_back(tanh(xs.back()));
  }
  const auto gradients = gradient(sum_of(terms), xs);
  CHECK(gradients.size() == xs.size());
  CHECK(compiled(gradients).outputs.size() == xs.size());
}
