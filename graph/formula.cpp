#include <retrograph/graph/formula.hpp>

#include <bit>

namespace retrograph {

std::size_t argument_count(Formula::Operation operation) {
  using enum Formula::Operation;
  switch (operation) {
    case operand:
    case number:
      return 0;
    case square_root:
    case negate:
    case absolute:
      return 1;
    case add:
    case subtract:
    case multiply:
    case divide:
      return 2;
    case choose_if_less:
    case choose_if_at_most:
    case choose_if_equal:
      return 4;
  }
  return 0;
}

Formula::Value Formula::operand(std::uint32_t number) {
  return add({Operation::operand, {number}});
}

Formula::Value Formula::number(double value) {
  for (const auto known : numbers_)
    if (std::bit_cast<std::uint64_t>(steps_[known].number) == std::bit_cast<std::uint64_t>(value))
      return known;
  return numbers_.emplace_back(add({Operation::number, {}, value}));
}

Formula::Value Formula::apply(Operation operation, std::array<Value, 4> arguments) {
  return add({operation, arguments});
}

Formula::Value Formula::append(const Formula& function, std::span<const Value> operands) {
  std::vector<Value> here;
  for (auto step : function.steps_) {
    for (std::size_t index = 0; index < argument_count(step.operation); ++index)
      step.arguments[index] = here[step.arguments[index]];
    here.push_back(step.operation == Operation::operand  ? operands[step.arguments[0]]
                   : step.operation == Operation::number ? number(step.number)
                                                         : add(step));
  }
  return here.back();
}

Formula::Value Formula::add(Step step) {
  steps_.push_back(step);
  return static_cast<Value>(steps_.size() - 1);
}

}  // namespace retrograph
