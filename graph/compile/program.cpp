#include <retrograph/graph/compile/program.hpp>

#include <numeric>

namespace retrograph {
namespace {

/// Of simplifying and merging in turn: far more than models need.
constexpr int most_rounds = 8;

}  // namespace

Signature Program::signature(const Step& step) const {
  Signature signature;
  fill(signature, step);
  return signature;
}

void Program::fill(Signature& signature, const Step& step) const {
  const auto copy = [&](std::vector<ArrayType>& types, const std::vector<ValueId>& from) {
    types.resize(from.size());
    for (std::size_t index = 0; index < from.size(); ++index) types[index] = values[from[index]];
  };
  copy(signature.inputs, step.inputs);
  copy(signature.outputs, step.outputs);
}

std::vector<std::uint32_t> producers(const Program& program) {
  std::vector<std::uint32_t> producers(program.values.size(), no_step);
  for (std::uint32_t step = 0; step < program.steps.size(); ++step)
    for (const auto value : program.steps[step].outputs) producers[value] = step;
  return producers;
}

std::vector<ValueId> roots(const Program& program) {
  std::vector<ValueId> roots(program.values.size());
  std::iota(roots.begin(), roots.end(), ValueId{0});
  for (const auto& step : program.steps)
    if (step.op.traits().alias) roots[step.outputs[0]] = roots[step.inputs[0]];
  return roots;
}

std::vector<std::uint32_t> count_uses(const Program& program) {
  std::vector<std::uint32_t> uses(program.values.size());
  for (const auto& step : program.steps)
    for (const auto value : step.inputs) ++uses[value];
  for (const auto value : program.outputs) ++uses[value];
  for (const auto& update : program.updates) ++uses[update.value];
  return uses;
}

void remove_unused(Program& program) {
  std::vector<bool> used(program.values.size());
  for (const auto value : program.outputs) used[value] = true;
  for (const auto& update : program.updates) used[update.value] = true;
  std::vector<bool> kept(program.steps.size());
  for (std::size_t index = program.steps.size(); index-- > 0;) {
    const auto& step = program.steps[index];
    for (const auto value : step.outputs) kept[index] = kept[index] || used[value];
    if (kept[index])
      for (const auto value : step.inputs) used[value] = true;
  }
  std::size_t index = 0;
  std::erase_if(program.steps, [&](const Step&) { return !kept[index++]; });
}

Program compile(Graph& graph, std::span<const Tensor> outputs, std::span<const Update> updates,
                const Binding& binding, const Passes& passes) {
  auto program = prune(graph, outputs, updates, binding);
  if (passes.fold_constants) fold_constants(program, Repetition::left);
  // Equal steps may be what a rule waits for, and what it leaves may be equal to something.
  for (int round = 0; round < most_rounds; ++round) {
    const bool simplified = passes.simplify && simplify(program);
    if (round > 0 && !simplified) break;
    if (!passes.merge_equal || !merge_equal(program)) break;
  }
  if (passes.fold_constants) fold_constants(program, Repetition::folded);
  remove_unused(program);
  if (passes.combine) combine(program);
  if (passes.fuse) {
    fuse(program);
    if (passes.generate) generate(program);
    attach_epilogues(program);
  }
  if (passes.update_in_place) update_in_place(program);
  return program;
}

}  // namespace retrograph
