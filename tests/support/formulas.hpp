#pragma once

#include <retrograph/graph/formula.hpp>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

namespace retrograph::test {

/// A formula of `operands` operands, some numbers and `length` operations on any values before them.
inline Formula random_formula(std::uint32_t seed, std::uint32_t operands, int length) {
  using Operation = Formula::Operation;
  constexpr std::array operations{Operation::add,
                                  Operation::subtract,
                                  Operation::multiply,
                                  Operation::divide,
                                  Operation::square_root,
                                  Operation::negate,
                                  Operation::absolute,
                                  Operation::choose_if_less,
                                  Operation::choose_if_at_most,
                                  Operation::choose_if_equal};
  std::mt19937 random{seed};
  Formula formula;
  for (std::uint32_t operand = 0; operand < operands; ++operand) formula.operand(operand);
  for (const auto number : {0.0, 1.0, -2.5}) formula.number(number);
  for (int i = 0; i < length; ++i) {
    std::array<Formula::Value, 4> arguments;
    for (auto& argument : arguments)
      argument = static_cast<Formula::Value>(random() % formula.steps().size());
    formula.apply(operations[random() % operations.size()], arguments);
  }
  return formula;
}

/// What one operation makes of its arguments.
template <class T>
T calculate(Formula::Operation operation, const std::array<T, 4>& x) {
  using enum Formula::Operation;
  switch (operation) {
    case add:
      return x[0] + x[1];
    case subtract:
      return x[0] - x[1];
    case multiply:
      return x[0] * x[1];
    case divide:
      return x[0] / x[1];
    case square_root:
      return std::sqrt(x[0]);
    case negate:
      return -x[0];
    case absolute:
      return std::abs(x[0]);
    case choose_if_less:
      return x[0] < x[1] ? x[2] : x[3];
    case choose_if_at_most:
      return x[0] <= x[1] ? x[2] : x[3];
    case choose_if_equal:
      return x[0] == x[1] ? x[2] : x[3];
    case operand:
    case number:
      break;
  }
  throw std::logic_error{"no operation"};
}

/// All values of a formula for one number of each operand.
template <class T>
std::vector<T> values(const Formula& formula, const std::vector<T>& operands) {
  std::vector<T> all;
  for (const auto& [operation, arguments, number] : formula.steps()) {
    if (operation == Formula::Operation::operand) {
      all.push_back(operands[arguments[0]]);
    } else if (operation == Formula::Operation::number) {
      all.push_back(static_cast<T>(number));
    } else {
      std::array<T, 4> x{};
      for (std::size_t index = 0; index < argument_count(operation); ++index)
        x[index] = all[arguments[index]];
      all.push_back(calculate(operation, x));
    }
  }
  return all;
}

/// Any NaN is as good as another.
template <class T>
bool same_bits(T a, T b) {
  return std::memcmp(&a, &b, sizeof a) == 0 || (std::isnan(a) && std::isnan(b));
}

}  // namespace retrograph::test
