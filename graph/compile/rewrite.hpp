#pragma once

#include <retrograph/graph/compile/program.hpp>

namespace retrograph {

/// A step and what feeds it, as the rewrite rule of its op sees them.
class Match {
 public:
  Match(const Program& program, std::span<const std::uint32_t> producers, const Step& step)
      : program_{program}, producers_{producers}, step_{step} {}

  std::size_t input_count() const { return step_.inputs.size(); }
  ValueId input(std::size_t index) const { return step_.inputs[index]; }
  const std::vector<ValueId>& inputs() const { return step_.inputs; }
  const ArrayType& type(std::size_t index) const { return program_.values[input(index)]; }

  /// The step that makes an operand, or null for a leaf.
  const Step* producer(std::size_t index) const {
    const auto step = producers_[input(index)];
    return step == no_step ? nullptr : &program_.steps[step];
  }

 private:
  const Program& program_;
  std::span<const std::uint32_t> producers_;
  const Step& step_;
};

/// What a step becomes: another op on other values, with results of the same types.
struct Rewritten {
  Op op;
  std::vector<ValueId> inputs;
};

}  // namespace retrograph
