#include <retrograph/graph/compile/program.hpp>
#include <retrograph/graph/finite.hpp>

namespace retrograph {
namespace {

/// Results larger than this are not kept as constants: computing them anew costs less than reading them.
constexpr std::size_t largest_folded_bytes = 64 * 1024;

using Known = std::vector<std::shared_ptr<const Array>>;

bool can_fold(const Program& program, const Step& step, const Known& known) {
  const auto traits = step.op.traits();
  if (traits.random) return false;
  for (const auto value : step.inputs)
    if (!known[value] && !traits.shape_only) return false;
  for (const auto value : step.outputs)
    if (size_in_bytes(program.values[value]) > largest_folded_bytes) return false;
  return true;
}

/// False if a result is not finite: the run is to meet it again, so that it can tell the node.
bool fold(Program& program, const Step& step, Known& known) {
  std::vector<ConstView> inputs;
  for (const auto value : step.inputs)
    inputs.push_back({program.values[value], element_count(program.values[value].extents),
                      known[value] ? known[value]->bytes() : nullptr});
  std::vector<Array> results;
  std::vector<View> outputs;
  for (const auto value : step.outputs) {
    auto& array = results.emplace_back(Array::uninitialized(program.values[value]));
    outputs.push_back({array.type(), array.size(), array.bytes()});
  }
  step.op.prepare(program.signature(step))->run({inputs, outputs, {}, 0});
  for (const auto& output : outputs)
    if (!all_finite(output.type.dtype, output.data, output.size)) return false;
  for (std::size_t index = 0; index < results.size(); ++index) {
    const auto value = step.outputs[index];
    known[value] = std::make_shared<const Array>(std::move(results[index]));
    program.constants.push_back({value, known[value]});
  }
  return true;
}

}  // namespace

void fold_constants(Program& program) {
  Known known(program.values.size());
  for (const auto& constant : program.constants) known[constant.value] = constant.array;
  std::erase_if(program.steps, [&](const Step& step) {
    if (!can_fold(program, step, known)) return false;
    try {
      return fold(program, step, known);
    } catch (const Error&) {
      return false;  // likewise
    }
  });
}

}  // namespace retrograph
