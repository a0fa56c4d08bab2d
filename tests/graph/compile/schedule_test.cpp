#include <retrograph/graph/compile/place.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/catch.hpp"
#include "support/programs.hpp"

#include <set>

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("small steps share a task, large independent ones are tasks of their own") {
  Graph graph;
  const auto small = graph.input("small", {4});
  CHECK(Schedule{pruned(neg(small) + small * 2)}.task_count() == 1);
  const auto large = graph.input("large", {1000, 100});
  const auto one = sum(neg(large));
  const auto other = sum(large * large);
  const Schedule schedule{pruned(one + other)};
  REQUIRE(schedule.task_count() == 3);
  CHECK(schedule.steps(0).size() == 2);  // each chain by itself
  CHECK(schedule.steps(1).size() == 2);
  CHECK(schedule.predecessor_count(0) == 0);
  CHECK(schedule.predecessor_count(1) == 0);
  CHECK(schedule.predecessor_count(2) == 2);  // the last addition waits for both
}

TEST_CASE("a step that needs more than its task does not hold that task up") {
  Graph graph;
  const auto large = graph.input("large", {1000, 100});
  const auto shared = neg(large);
  const auto slow = neg(shared) * 2;
  const auto quick = sum(shared, {0});
  const Schedule schedule{pruned(slow + quick)};
  for (std::uint32_t task = 0; task < schedule.task_count(); ++task)
    if (schedule.steps(task).size() > 1) CHECK(schedule.predecessor_count(task) <= 1);
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
    for (const auto index : schedule.steps(task)) {
      for (const auto value : program.steps[index].inputs) CHECK(ready.contains(value));
      for (const auto value : program.steps[index].outputs) ready.insert(value);
    }
  CHECK(ready.size() == program.values.size());
}

TEST_CASE("what threads share depends on how large the steps are and whether tasks stand side by side") {
  using Sharing = Schedule::Sharing;
  const auto sharing = [](std::int64_t size, int length, int chains) {
    Graph graph;
    const auto x = graph.input("x", {size});
    Tensor sum = x;
    for (int chain = 0; chain < chains; ++chain) {
      Tensor y = x;
      for (int step = 0; step < length; ++step) y = y * (chain + 2);
      sum = sum + y;
    }
    return Schedule{pruned(sum)}.sharing();
  };
  CHECK(sharing(16, 10, 2) == Sharing::nothing);
  CHECK(sharing(16, 10'000, 1) == Sharing::nothing);
  CHECK(sharing(10'000, 100, 2) == Sharing::tasks);
  CHECK(sharing(100'000, 10, 1) == Sharing::loops);
  CHECK(sharing(100'000, 10, 2) == Sharing::loops);
  CHECK(sharing(100'000, 10, 4) == Sharing::tasks);
}

TEST_CASE("many steps are put into tasks, whether they hang in a chain, side by side or in a ladder") {
  // Each step reads as many of those before it as `reaches` tells; steps beside each other read the input.
  const auto program_of = [](std::uint32_t step_count, std::vector<std::uint32_t> reaches) {
    Graph graph;
    const auto x = graph.input("x", {16});
    auto program = pruned(x + x);
    const auto step = program.steps.front();
    const auto input = step.inputs[0];
    program.steps.clear();
    for (std::uint32_t index = 0; index < step_count; ++index) {
      std::vector<ValueId> operands{input, input};
      for (std::size_t operand = 0; operand < reaches.size(); ++operand)
        if (reaches[operand] <= index) operands[operand] = program.steps[index - reaches[operand]].outputs[0];
      program.steps.push_back({step.op, operands, {program.add_value(program.values[input])}, step.origin});
    }
    program.outputs = {program.steps.back().outputs[0]};
    return program;
  };
  constexpr std::uint32_t many = 200'000;  // work that grew with their square would take minutes
  for (const auto& reaches : {std::vector<std::uint32_t>{1}, {}, {1, 2}, {1, 1000}}) {
    const auto program = program_of(many, reaches);
    Schedule schedule{program};
    const auto placement = place(program, schedule);
    CHECK(schedule.task_count() < many / 50);
    std::size_t steps = 0;
    for (std::uint32_t task = 0; task < schedule.task_count(); ++task) steps += schedule.steps(task).size();
    CHECK(steps == many);
    CHECK(placement.total_bytes >= placement.lower_bound_bytes);
  }
}
