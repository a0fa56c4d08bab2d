#include <retrograph/graph/compile/rewrite.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/broadcast_to.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/sum.hpp>
#include <retrograph/ops/transpose.hpp>

#include "support/matchers.hpp"
#include "support/programs.hpp"

#include <algorithm>

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("prune keeps what the outputs need, in order, with extents bound") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch"), 3});
  const auto unused_input = graph.input("unused", {3});
  const auto y = neg(x);
  neg(unused_input);
  const auto program = pruned(sum(y), {{"batch", 5}});
  CHECK(op_names(program) == std::vector<std::string>{"neg", "sum"});
  CHECK(program.inputs.size() == 1);
  CHECK(program.values[program.steps[0].outputs[0]].extents == Extents{5, 3});
}

TEST_CASE("fold_constants computes what depends on constants alone") {
  Graph graph;
  const auto x = graph.input("x", {2});
  const auto two = graph.constant(Array::of<float>({2}, {2, 2}));
  auto program = pruned(x + neg(two) * 3);
  fold_constants(program, Repetition::folded);
  CHECK(op_names(program) == std::vector<std::string>{"add"});
  const auto folded = program.steps[0].inputs[1];
  const auto known = std::find_if(program.constants.begin(), program.constants.end(),
                                  [&](const auto& constant) { return constant.value == folded; });
  REQUIRE(known != program.constants.end());
  CHECK_THAT(*known->array, equals(Array::of<float>({2}, {-6, -6})));
}

TEST_CASE("fold_constants does not keep large results") {
  Graph graph;
  const auto one = graph.constant(Array::scalar(1.0f));
  auto program = pruned(broadcast_to(one, {1024, 1024}));
  fold_constants(program, Repetition::folded);
  CHECK(op_names(program) == std::vector<std::string>{"broadcast_to"});
}

TEST_CASE("fold_constants leaves what only repeats to the ops that read it, if it is asked to") {
  Graph graph;
  const auto one = graph.constant(Array::scalar(1.0f));
  auto program = pruned(transpose(broadcast_to(neg(one), {2, 4})));
  fold_constants(program, Repetition::left);
  CHECK(op_names(program) == std::vector<std::string>{"broadcast_to", "transpose"});
  fold_constants(program, Repetition::folded);
  CHECK(program.steps.empty());
}

TEST_CASE("compile folds what is left of repeated constants") {
  Graph graph;
  const auto x = graph.input("x", {2, 3});
  const auto two = graph.constant(Array::scalar(2.0f));
  const auto repeated = broadcast_to(two, {2, 3});
  const std::vector outputs{x * (repeated + 3), transpose(repeated)};
  CHECK(op_names(compile(graph, outputs, {}, {}, {.fuse = false})) == std::vector<std::string>{"multiply"});
}

TEST_CASE("a repeated number is read as one, also under another shape") {
  Graph graph;
  const auto x = graph.input("x", {4, 3});
  const auto two = graph.constant(Array::scalar(2.0f));
  const std::vector outputs{x * reshape(broadcast_to(two, {4}), {4, 1})};
  const auto program = compile(graph, outputs, {}, {}, {.fuse = false});
  REQUIRE(op_names(program) == std::vector<std::string>{"multiply"});
  CHECK(program.values[program.steps[0].inputs[1]].extents.empty());
}

TEST_CASE("merge_equal makes one step of equal ops on equal operands, and tells attributes apart") {
  Graph graph;
  const auto x = graph.input("x", {2, 3});
  const auto one = sum(neg(x), {0});
  const auto other = sum(neg(x), {0});
  const auto product = one * other;
  const auto third = sum(x, {1});
  auto program = pruned(product + sum(third));
  merge_equal(program);
  CHECK(op_names(program) == std::vector<std::string>{"neg", "sum", "multiply", "sum", "sum", "add"});
  CHECK(program.steps[2].inputs[0] == program.steps[2].inputs[1]);
}

TEST_CASE("merge_equal merges equal small constants") {
  Graph graph;
  const auto x = graph.input("x", {2});
  auto program = pruned((x * 2) + (x * 2));
  merge_equal(program);
  CHECK(op_names(program) == std::vector<std::string>{"multiply", "add"});
  CHECK(program.constants.size() == 1);
}

TEST_CASE("compile leaves out the passes that are switched off") {
  Graph graph;
  const auto x = graph.input("x", {2, 2});
  const auto two = graph.constant(Array::scalar(2.0f));
  const auto scaled = [&] {
    const auto factor = neg(two);
    return factor * transpose(transpose(x));
  };
  const std::vector outputs{scaled() + scaled()};
  const auto compiled = [&](const Passes& passes) {
    return op_names(compile(graph, outputs, {}, {}, passes));
  };
  using Names = std::vector<std::string>;
  CHECK(compiled({.fuse = false}) == Names{"multiply", "add"});
  CHECK(compiled({.simplify = false, .fuse = false}) == Names{"transpose", "transpose", "multiply", "add"});
  CHECK(compiled({.merge_equal = false, .fuse = false}) == Names{"multiply", "multiply", "add"});
  CHECK(compiled({.fold_constants = false, .fuse = false}) == Names{"neg", "multiply", "add"});
  CHECK(compiled({}) == Names{"fused"});
}

TEST_CASE("remove_unused drops what nobody reads") {
  Graph graph;
  const auto x = graph.input("x", {2});
  auto program = pruned(neg(neg(x)));
  program.outputs = {program.steps[0].outputs[0]};
  remove_unused(program);
  CHECK(op_names(program) == std::vector<std::string>{"neg"});
}
