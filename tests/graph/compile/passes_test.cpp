#include <retrograph/graph/compile/place.hpp>
#include <retrograph/graph/compile/rewrite.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/broadcast_to.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/sum.hpp>
#include <retrograph/ops/transpose.hpp>

#include "support/matchers.hpp"

#include <algorithm>
#include <set>

using namespace retrograph;
using namespace retrograph::test;

namespace {

std::vector<std::string> op_names(const Program& program) {
  std::vector<std::string> names;
  for (const auto& step : program.steps) names.emplace_back(step.op.name());
  return names;
}

Program pruned(const Tensor& output, const Binding& binding = {}) {
  return prune(output.graph(), std::vector{output}, {}, binding);
}

}  // namespace

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
  fold_constants(program);
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
  fold_constants(program);
  CHECK(op_names(program) == std::vector<std::string>{"broadcast_to"});
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
  CHECK(compiled({}) == Names{"reshape", "multiply", "add"});
  CHECK(compiled({.simplify = false}) == Names{"transpose", "transpose", "multiply", "add"});
  CHECK(compiled({.merge_equal = false}) == Names{"reshape", "multiply", "reshape", "multiply", "add"});
  CHECK(compiled({.fold_constants = false}) == Names{"neg", "reshape", "multiply", "add"});
}

TEST_CASE("remove_unused drops what nobody reads") {
  Graph graph;
  const auto x = graph.input("x", {2});
  auto program = pruned(neg(neg(x)));
  program.outputs = {program.steps[0].outputs[0]};
  remove_unused(program);
  CHECK(op_names(program) == std::vector<std::string>{"neg"});
}

TEST_CASE("small steps share a task, large independent ones are tasks of their own") {
  Graph graph;
  const auto small = graph.input("small", {4});
  CHECK(Schedule{pruned(neg(small) + small * 2)}.tasks().size() == 1);
  const auto large = graph.input("large", {1000, 100});
  const auto one = sum(neg(large));
  const auto other = sum(large * large);
  const Schedule schedule{pruned(one + other)};
  REQUIRE(schedule.tasks().size() == 3);
  CHECK(schedule.tasks()[0].steps.size() == 2);  // each chain by itself
  CHECK(schedule.tasks()[1].steps.size() == 2);
  CHECK(schedule.tasks()[0].predecessor_count == 0);
  CHECK(schedule.tasks()[1].predecessor_count == 0);
  CHECK(schedule.tasks()[2].predecessor_count == 2);  // the last addition waits for both
}

TEST_CASE("a step that needs more than its task does not hold that task up") {
  Graph graph;
  const auto large = graph.input("large", {1000, 100});
  const auto shared = neg(large);
  const auto slow = neg(shared) * 2;
  const auto quick = sum(shared, {0});
  const Schedule schedule{pruned(slow + quick)};
  const auto& tasks = schedule.tasks();
  for (const auto& task : tasks)
    if (task.steps.size() > 1) CHECK(task.predecessor_count <= 1);
}

TEST_CASE("every step comes after those it needs in the serial order of tasks") {
  Graph graph;
  Tensor x = graph.input("x", {200, 100});
  std::vector<Tensor> layer{x, neg(x)};
  for (int depth = 0; depth < 20; ++depth) layer = {layer[0] + layer[1], layer[1] * layer[0], neg(layer[1])};
  const auto program = pruned(sum(layer[0]) + sum(layer[1]) + sum(layer[2]));
  Schedule schedule{program};
  place(program, schedule);
  std::set<ValueId> ready{program.inputs[0].value};
  for (const auto task : schedule.serial_order())
    for (const auto index : schedule.tasks()[task].steps) {
      for (const auto value : program.steps[index].inputs) CHECK(ready.contains(value));
      for (const auto value : program.steps[index].outputs) ready.insert(value);
    }
  CHECK(ready.size() == program.values.size());
}

TEST_CASE("a chain runs in one block, in place") {
  Graph graph;
  Tensor y = graph.input("x", {100});
  for (int depth = 0; depth < 10; ++depth) y = neg(y);
  const auto program = pruned(y);
  Schedule schedule{program};
  const auto placement = place(program, schedule);
  CHECK(placement.blocks.size() == 1);
  CHECK(placement.total_bytes == 400);
  CHECK(placement.lower_bound_bytes == 400);
}

TEST_CASE("a reshaped value lives in the memory of what it shows") {
  Graph graph;
  const auto x = graph.input("x", {4, 3});
  const auto y = neg(x);
  const auto flat = reshape(y, {12});
  const auto program = pruned(sum(flat) + sum(y));
  Schedule schedule{program};
  const auto placement = place(program, schedule);
  const auto negated = placement.places[program.steps[0].outputs[0]];
  const auto reshaped = placement.places[program.steps[1].outputs[0]];
  CHECK(negated.index == reshaped.index);
}

TEST_CASE("an operand that is read later is not overwritten") {
  Graph graph;
  const auto x = graph.input("x", {4});
  const auto y = neg(x);
  const auto z = neg(y);
  const auto program = pruned(z * y);
  Schedule schedule{program};
  const auto placement = place(program, schedule);
  CHECK(placement.places[program.steps[0].outputs[0]].index !=
        placement.places[program.steps[1].outputs[0]].index);
}
