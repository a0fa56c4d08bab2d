#include <retrograph/graph/compile/program.hpp>
#include <retrograph/graph/finite.hpp>

namespace retrograph {
namespace {

/// Results larger than this are not kept as constants: computing them anew costs less than reading them.
constexpr std::size_t largest_folded_bytes = 64 * 1024;

class Folder {
 public:
  Folder(Program& program, Repetition repetition)
      : program_{program},
        repetition_{repetition},
        known_(program.values.size()),
        uses_(program.values.size()) {
    for (const auto& constant : program.constants) known_[constant.value] = constant.array;
    for (const auto& step : program.steps)
      for (const auto value : step.inputs) ++uses_[value];
    for (const auto value : program.outputs) ++uses_[value];
    for (const auto& update : program.updates) ++uses_[update.value];
  }

  void run() {
    std::erase_if(program_.steps, [&](const Step& step) {
      if (!can_fold(step) || !is_folded(step)) return false;
      for (const auto value : step.inputs)
        if (--uses_[value] == 0) known_[value] = nullptr;
      return true;
    });
    std::erase_if(program_.constants, [&](const auto& constant) { return uses_[constant.value] == 0; });
    for (const auto value : folded_)
      if (known_[value]) program_.constants.push_back({value, std::move(known_[value])});
  }

 private:
  bool can_fold(const Step& step) const {
    const auto traits = step.op.traits();
    if (traits.random) return false;
    for (const auto value : step.inputs)
      if (!known_[value] && !traits.shape_only) return false;
    for (const auto value : step.outputs)
      if (size_in_bytes(program_.values[value]) > largest_folded_bytes) return false;
    return repetition_ == Repetition::folded || !traits.rearranges || !only_repeats(step);
  }

  bool only_repeats(const Step& step) const {
    return size_in_bytes(program_.values[step.outputs[0]]) > size_in_bytes(program_.values[step.inputs[0]]);
  }

  /// False if a result is not finite, or none can be computed: the run is to meet it again, so that it can
  /// tell the node.
  bool is_folded(const Step& step) try {
    std::vector<ConstView> inputs;
    for (const auto value : step.inputs)
      inputs.push_back({program_.values[value], element_count(program_.values[value].extents),
                        known_[value] ? known_[value]->bytes() : nullptr});
    std::vector<Array> results;
    std::vector<View> outputs;
    for (const auto value : step.outputs) {
      auto& array = results.emplace_back(Array::uninitialized(program_.values[value]));
      outputs.push_back({array.type(), array.size(), array.bytes()});
    }
    step.op.prepare(program_.signature(step))->run({inputs, outputs, {}, 0});
    for (const auto& output : outputs)
      if (!all_finite(output.type.dtype, output.data, output.size)) return false;
    for (std::size_t index = 0; index < results.size(); ++index) {
      const auto value = step.outputs[index];
      if (uses_[value] == 0) continue;
      known_[value] = std::make_shared<const Array>(std::move(results[index]));
      folded_.push_back(value);
    }
    return true;
  } catch (const Error&) {
    return false;
  }

  Program& program_;
  Repetition repetition_;
  std::vector<std::shared_ptr<const Array>> known_;  // the numbers of each value, while somebody needs them
  std::vector<std::uint32_t> uses_;                  // of each value that are left
  std::vector<ValueId> folded_;
};

}  // namespace

void fold_constants(Program& program, Repetition repetition) {
  Folder{program, repetition}.run();
}

}  // namespace retrograph
