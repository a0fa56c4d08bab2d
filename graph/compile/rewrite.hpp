#pragma once

#include <retrograph/graph/compile/program.hpp>

namespace retrograph {

/// A step and what feeds it, as the rules of its op see them.
class Match {
 public:
  /// What is known of the whole program, for all its steps.
  struct Known {
    std::vector<std::uint32_t> producers;
    std::vector<std::optional<double>> filled_with;  // of each value
    std::vector<std::uint32_t> uses = {};            // of each value; if left empty, none has one reader
  };

  Match(const Program& program, const Known& known, const Step& step)
      : program_{program}, known_{known}, step_{step} {}

  const Op& op() const { return step_.op; }
  std::size_t input_count() const { return step_.inputs.size(); }
  ValueId input(std::size_t index) const { return step_.inputs[index]; }
  const std::vector<ValueId>& inputs() const { return step_.inputs; }
  const ArrayType& type_of(ValueId value) const { return program_.values[value]; }
  const ArrayType& type(std::size_t index) const { return type_of(input(index)); }
  const ArrayType& result_type(std::size_t index = 0) const { return type_of(step_.outputs[index]); }

  /// The step that makes an operand, or null for a leaf.
  const Step* producer(std::size_t index) const { return producer_of(input(index)); }
  const Step* producer_of(ValueId value) const {
    const auto step = known_.producers[value];
    return step == no_step ? nullptr : &program_.steps[step];
  }
  /// The op that makes an operand if it is an `O`, else null.
  template <class O>
  const O* made_by(std::size_t index) const {
    const auto* step = producer(index);
    return step ? step->op.as<O>() : nullptr;
  }

  /// The number that an operand is filled with, whatever is fed. -0 is not 0: see `is_filled_with`.
  std::optional<double> filled_with(std::size_t index) const { return known_.filled_with[input(index)]; }
  /// Tells 0 from -0.
  bool is_filled_with(std::size_t index, double number) const;

  /// True if the value is read once, and that is not as an output or update.
  bool has_one_reader(ValueId value) const { return !known_.uses.empty() && known_.uses[value] == 1; }

 private:
  const Program& program_;
  const Known& known_;
  const Step& step_;
};

/// What a step becomes: another op on other values, with results of the same types; or nothing, where its
/// only result is a value that is there already.
struct Rewritten {
  std::optional<Op> op;
  std::vector<ValueId> inputs;

  /// The result is `value`, which has the same type.
  static Rewritten as(ValueId value) { return {std::nullopt, {value}}; }
};

/// What a step and others around it become.
struct Combined {
  Op op;
  std::vector<ValueId> inputs = {};
  /// If set, the results are further results of the step that makes this operand. That step keeps its own
  /// operands and takes on the op; the one that was matched is gone.
  std::optional<std::size_t> joins = {};
};

}  // namespace retrograph
