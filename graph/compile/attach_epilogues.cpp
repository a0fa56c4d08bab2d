#include <retrograph/graph/compile/program.hpp>
#include <retrograph/graph/compile/with_epilogue.hpp>

#include <algorithm>

namespace retrograph {
namespace {

class Attacher {
 public:
  explicit Attacher(Program& program)
      : program_{program}, made_by_{producers(program)}, uses_{count_uses(program)} {}

  void run() {
    for (auto& step : program_.steps) {
      std::vector<ValueId> operands;
      if (const auto fused = as_fused(step, operands)) attach(step, *fused, operands);
    }
    std::erase_if(program_.steps, [](const Step& step) { return step.outputs.empty(); });
  }

 private:
  /// An elementwise step, or several fused, with its operands, each once; else nothing.
  std::optional<Fused> as_fused(const Step& step, std::vector<ValueId>& operands) const {
    operands = step.inputs;
    if (const auto* fused = step.op.as<Fused>())
      return fused->reductions.empty() ? std::optional{*fused} : std::nullopt;
    auto signature = program_.signature(step);
    if (!step.op.pointwise(signature)) return std::nullopt;
    Fused fused;
    operands.clear();
    std::vector<PointwiseKernel::Value> arguments;
    for (const auto value : step.inputs) {
      const auto found = std::find(operands.begin(), operands.end(), value);
      arguments.push_back(static_cast<PointwiseKernel::Value>(found - operands.begin()));
      if (found == operands.end()) operands.push_back(value);
    }
    fused.operand_count = static_cast<std::uint32_t>(operands.size());
    fused.members.push_back({step.op, std::move(signature), std::move(arguments)});
    fused.results.push_back(fused.operand_count);
    return fused;
  }

  /// To the step that makes one of the operands, if one does that nobody else reads.
  void attach(Step& step, const Fused& fused, const std::vector<ValueId>& operands) {
    for (std::size_t place = 0; place < operands.size(); ++place) {
      if (!is_own_product(step, operands[place])) continue;
      for (std::size_t result = 0; result < fused.results.size(); ++result) {
        if (!fused.overwrites(result, place)) continue;
        auto& maker = program_.steps[made_by_[operands[place]]];
        auto inputs = maker.inputs;
        for (const auto value : operands)
          if (value != operands[place]) inputs.push_back(value);
        step.op = WithEpilogue{maker.op, program_.signature(maker), fused, place, result};
        step.inputs = std::move(inputs);
        maker.outputs.clear();
        return;
      }
    }
  }

  bool is_own_product(const Step& step, ValueId value) const {
    if (made_by_[value] == no_step) return false;
    const auto reads = std::count(step.inputs.begin(), step.inputs.end(), value);
    return program_.steps[made_by_[value]].op.traits().takes_epilogue && uses_[value] == reads;
  }

  Program& program_;
  std::vector<std::uint32_t> made_by_;
  std::vector<std::uint32_t> uses_;  // of each value
};

}  // namespace

void attach_epilogues(Program& program) {
  Attacher{program}.run();
}

}  // namespace retrograph
