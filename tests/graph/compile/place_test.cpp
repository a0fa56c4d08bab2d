#include <retrograph/graph/compile/place.hpp>
#include <retrograph/models/mlp.hpp>
#include <retrograph/models/optimizers/sgd.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/catch.hpp"
#include "support/programs.hpp"
#include "support/random_graph.hpp"

#include <algorithm>
#include <map>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// Checks, for each two values that one after the other are in the same memory, that all who use the first
/// are over when the second is made; its maker itself may overwrite what it reads.
void check_lives(const Program& program, const Schedule& schedule, const Placement& placement) {
  const auto made_by = producers(program);
  const auto root = roots(program);
  const Precedence precedes{schedule};
  std::vector<std::vector<std::uint32_t>> users(program.values.size());
  for (std::uint32_t step = 0; step < program.steps.size(); ++step)
    for (const auto value : program.steps[step].inputs) users[root[value]].push_back(step);
  std::map<std::pair<Place::Kind, std::uint32_t>, ValueId> last;
  for (const auto& parameter : program.parameters) {
    const auto place = placement.places[parameter.value];
    last[{place.kind, place.index}] = parameter.value;
  }
  for (const auto task : schedule.serial_order())
    for (const auto step : schedule.steps(task))
      for (const auto value : program.steps[step].outputs) {
        if (root[value] != value) continue;
        const auto place = placement.places[value];
        const auto [entry, is_new] = last.try_emplace({place.kind, place.index}, value);
        if (is_new) continue;
        const auto former = entry->second;
        if (made_by[former] != no_step) CHECK((made_by[former] == step || precedes(made_by[former], step)));
        for (const auto user : users[former]) CHECK((user == step || precedes(user, step)));
        const auto kept = [&](ValueId other) { return root[other] == former; };
        CHECK(std::none_of(program.outputs.begin(), program.outputs.end(), kept));
        entry->second = value;
      }
}

/// Each of two results may take the place of operand 0.
struct Twice {
  static constexpr std::string_view name = "twice";
  static constexpr bool differentiable = false;
  Types infer(const Types& operands) const { return {operands[0], operands[0]}; }
  void compute(const Call&) const {}
  bool overwrites(std::size_t, std::size_t operand) const { return operand == 0; }
};

}  // namespace

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

TEST_CASE("values of random graphs share memory only where their lives do not meet") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed)
    for (const std::int64_t rows : {4, 300}) {
      RandomGraph random{seed, rows, 200, 30};
      const auto program = compile(random.graph, random.outputs, random.updates, random.binding);
      Schedule schedule{program};
      const auto placement = place(program, schedule);
      INFO("seed " << seed << ", " << rows << " rows");
      check_lives(program, schedule, placement);
      CHECK(placement.total_bytes >= placement.lower_bound_bytes);
    }
}

TEST_CASE("many branches side by side do not all have memory of their own") {
  Graph graph;
  const auto x = graph.input("x", {100'000});
  std::vector<Tensor> ends;
  for (int branch = 0; branch < 500; ++branch) ends.push_back(sum(x * static_cast<double>(branch)));
  const auto program = prune(graph, ends, {}, {});
  Schedule schedule{program};
  const auto placement = place(program, schedule);
  CHECK(placement.total_bytes < 50 * 100'000 * sizeof(float));
  CHECK(placement.total_bytes > 20 * 100'000 * sizeof(float));  // and many still run at once
  check_lives(program, schedule, placement);
}

TEST_CASE("two results of a step do not overwrite the same operand") {
  Graph graph;
  const auto x = graph.input("x", {4});
  const auto both = apply(Twice{}, {neg(x)}, std::source_location::current());
  const auto program = pruned(both + both.result(1));
  Schedule schedule{program};
  const auto placement = place(program, schedule);
  const auto& outputs = program.steps[1].outputs;
  CHECK(placement.places[outputs[0]].index == placement.places[program.steps[0].outputs[0]].index);
  CHECK(placement.places[outputs[0]].index != placement.places[outputs[1]].index);
}

TEST_CASE("blocks of a network and its gradient take little more than what is alive at once") {
  for (const std::int64_t batch : {1, 64, 1000}) {
    Graph graph;
    const auto model = mlp(graph, {.hidden = {128, 300, 50}});
    const auto updates = sgd(model.loss, graph.parameters(), {.learning_rate = 0.1, .momentum = 0.9});
    const auto placed = [&](const Passes& passes) {
      const auto program =
          compile(graph, std::vector{model.loss, model.correct}, updates, {{"batch", batch}}, passes);
      Schedule schedule{program};
      return place(program, schedule);
    };
    const auto separate = placed({.combine = false, .fuse = false});
    CHECK(separate.total_bytes <= separate.lower_bound_bytes * 5 / 4);
    CHECK(placed({}).total_bytes < separate.total_bytes);
  }
}
