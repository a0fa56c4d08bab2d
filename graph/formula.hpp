#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace retrograph {

/// What an elementwise function of floats computes from its operands, as operations that any processor has
/// and that round once each: so that several functions can become one loop of machine code.
class Formula {
 public:
  using Value = std::uint32_t;  // the number of the step that makes it
  enum class Operation : std::uint8_t {
    operand,
    number,
    add,
    subtract,
    multiply,
    divide,
    square_root,
    negate,
    absolute,
    choose_if_less,     // arguments 0 < 1 ? 2 : 3
    choose_if_at_most,  // 0 <= 1 ? 2 : 3
    choose_if_equal     // 0 == 1 ? 2 : 3
  };
  struct Step {
    Operation operation;
    std::array<Value, 4> arguments{};  // of an operand: its number
    double number = 0;
  };

  Value operand(std::uint32_t number);
  Value number(double value);  // one for all uses of it
  Value apply(Operation operation, std::array<Value, 4> arguments);
  /// Of another formula, applied to values of this one: where its last value is found.
  Value append(const Formula& function, std::span<const Value> operands);

  const std::vector<Step>& steps() const { return steps_; }

 private:
  Value add(Step step);
  std::vector<Step> steps_;
  std::vector<Value> numbers_;
};

/// How many arguments are values.
std::size_t argument_count(Formula::Operation operation);

}  // namespace retrograph
