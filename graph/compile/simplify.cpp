#include <retrograph/graph/compile/rewrite.hpp>

#include <cmath>
#include <cstring>
#include <numeric>

namespace retrograph {
namespace {

/// The number that all places of an array have, to the bit.
std::optional<double> number_throughout(const Array& array) {
  if (array.size() == 0) return std::nullopt;
  const auto bytes_of_one = size_in_bytes(array.dtype());
  const auto* bytes = array.bytes();
  if (std::memcmp(bytes, bytes + bytes_of_one, array.size_in_bytes() - bytes_of_one) != 0)
    return std::nullopt;
  return array.at(0);
}

class Simplifier {
 public:
  explicit Simplifier(Program& program) : program_{program}, same_as_(program.values.size()) {
    std::iota(same_as_.begin(), same_as_.end(), ValueId{0});
    known_.producers = producers(program);
    known_.filled_with.resize(program.values.size());
    for (const auto& constant : program.constants)
      known_.filled_with[constant.value] = number_throughout(*constant.array);
  }

  /// In order, so that a rule sees operands that are as simple as they get.
  bool run() {
    bool changed = false;
    for (auto& step : program_.steps) {
      for (auto& value : step.inputs) value = same_as_[value];
      while (auto rewritten = step.op.rewrite(Match{program_, known_, step})) {
        changed = true;
        if (!rewritten->op) {
          replace(step, rewritten->inputs.at(0));
          break;
        }
        step.op = std::move(*rewritten->op);
        step.inputs = std::move(rewritten->inputs);
      }
      note_numbers(step);
    }
    std::erase_if(program_.steps, [](const Step& step) { return step.outputs.empty(); });
    for (auto& value : program_.outputs) value = same_as_[value];
    for (auto& update : program_.updates) update.value = same_as_[update.value];
    return changed;
  }

 private:
  void replace(Step& step, ValueId value) {
    invariant(step.outputs.size() == 1 && program_.values[step.outputs[0]] == program_.values[value],
              "a step is replaced by a value of another type");
    same_as_[step.outputs[0]] = value;
    step.outputs.clear();  // until it is dropped
  }

  void note_numbers(const Step& step) {
    const auto traits = step.op.traits();
    if ((traits.alias || traits.rearranges) && !step.outputs.empty())
      known_.filled_with[step.outputs[0]] = known_.filled_with[step.inputs[0]];
  }

  Program& program_;
  Match::Known known_;
  std::vector<ValueId> same_as_;
};

}  // namespace

bool Match::is_filled_with(std::size_t index, double number) const {
  const auto filling = filled_with(index);
  return filling && *filling == number && std::signbit(*filling) == std::signbit(number);
}

bool simplify(Program& program) {
  return Simplifier{program}.run();
}

}  // namespace retrograph
