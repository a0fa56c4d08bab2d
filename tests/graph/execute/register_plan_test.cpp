#include <retrograph/graph/execute/register_plan.hpp>

#include "support/formulas.hpp"

#include <algorithm>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// Follows a plan as a processor would, one number a register.
class Machine {
 public:
  Machine(const Formula& formula, const RegisterPlan& plan, std::size_t registers,
          const std::vector<double>& operands)
      : steps_{formula.steps()},
        operands_{operands},
        registers_(registers, never),
        slots_(plan.slots, never) {
    for (const auto& instruction : plan.before) follow(instruction);
    for (const auto& instruction : plan.instructions) follow(instruction);
  }

  /// The result of each calculation, when it was made; `never` for others.
  double made(Formula::Value value) const { return made_[value]; }
  static constexpr double never = -12345.678;

 private:
  void follow(const RegisterPlan::Instruction& instruction) {
    auto& place = registers_.at(instruction.result);
    switch (instruction.kind) {
      case RegisterPlan::Kind::load:
        place = in_memory(instruction.value);
        break;
      case RegisterPlan::Kind::put_aside:
        slots_.at(instruction.slot) = place;
        break;
      case RegisterPlan::Kind::fetch:
        place = slots_.at(instruction.slot);
        break;
      case RegisterPlan::Kind::calculate: {
        const auto& step = steps_[instruction.value];
        std::array<double, 4> x{};
        for (std::size_t index = 0; index < argument_count(step.operation); ++index)
          x[index] = instruction.arguments[index] == RegisterPlan::in_memory
                         ? read_by_instruction(step, index)
                         : registers_.at(instruction.arguments[index]);
        made_[instruction.value] = place = calculate(step.operation, x);
        break;
      }
    }
  }

  /// Instructions take a second number from memory, and a choice its first one.
  double read_by_instruction(const Formula::Step& step, std::size_t index) const {
    REQUIRE((index == 1 || (index == 2 && argument_count(step.operation) == 4)));
    return in_memory(step.arguments[index]);
  }
  double in_memory(Formula::Value value) const {
    const auto& step = steps_[value];
    if (step.operation == Formula::Operation::number) return step.number;
    REQUIRE(step.operation == Formula::Operation::operand);
    return operands_[step.arguments[0]];
  }

  const std::vector<Formula::Step>& steps_;
  const std::vector<double>& operands_;
  std::vector<double> registers_, slots_;
  std::vector<double> made_ = std::vector<double>(steps_.size(), never);
};

}  // namespace

TEST_CASE("A register plan leads to the values of its formula, however few registers there are") {
  const auto registers = GENERATE(8, 9, 13, 32);
  const auto length = GENERATE(1, 5, 40, 300);
  const auto seed = static_cast<std::uint32_t>(GENERATE(range(1, 9)));
  CAPTURE(registers, length, seed);
  const auto formula = random_formula(seed, 7, length);
  const auto count = formula.steps().size();
  std::vector<bool> is_result(count, false), stands_still(count, false);
  for (std::size_t value = 0; value < count; ++value)
    is_result[value] = value % 5 == seed % 5 || value + 1 == count;
  for (std::size_t value = 4; value < 10; ++value)
    stands_still[value] = true;  // some operands, and the numbers
  const std::vector<double> operands{1.5, -2, 0.25, 3, -0.0, 7, 1e3};

  const RegisterPlan plan{formula, is_result, stands_still, static_cast<std::uint8_t>(registers)};
  const Machine machine{formula, plan, static_cast<std::size_t>(registers), operands};
  const auto expected = values(formula, operands);
  for (std::size_t value = 10; value < count; ++value)
    if (const auto made = machine.made(static_cast<Formula::Value>(value));
        is_result[value] || made != Machine::never) {
      CAPTURE(value, made, expected[value]);
      CHECK(same_bits(made, expected[value]));
    }
}

TEST_CASE("A register plan leaves out what no result needs") {
  Formula formula;
  const auto x = formula.operand(0);
  const auto unread = formula.apply(Formula::Operation::negate, {x});
  formula.apply(Formula::Operation::square_root, {unread});
  const auto y = formula.apply(Formula::Operation::absolute, {x});
  const RegisterPlan plan{formula, {false, false, false, true}, {false, false, false, false}, 8};
  CHECK(plan.instructions.size() == 2);
  CHECK(plan.instructions[1].value == y);
}

TEST_CASE("A register plan puts nothing aside that was read from memory") {
  Formula formula;
  for (std::uint32_t operand = 0; operand < 20; ++operand) formula.operand(operand);
  auto sum = formula.apply(Formula::Operation::add, {0, 1});
  for (int round = 0; round < 2; ++round)
    for (Formula::Value operand = 0; operand < 20; ++operand)
      sum = formula.apply(Formula::Operation::add, {sum, operand});
  std::vector<bool> is_result(formula.steps().size(), false);
  is_result[sum] = true;
  const RegisterPlan plan{formula, is_result, std::vector<bool>(is_result.size(), false), 8};
  CHECK(plan.slots == 0);
}

TEST_CASE("A register plan gives a slot to another value once its own is read no more") {
  Formula formula;
  const auto x = formula.operand(0);
  auto sum = x;
  for (int round = 0; round < 10; ++round) {
    std::vector<Formula::Value> roots;
    for (int i = 0; i < 12; ++i) roots.push_back(formula.apply(Formula::Operation::square_root, {sum}));
    for (const auto root : roots) sum = formula.apply(Formula::Operation::add, {sum, root});
  }
  std::vector<bool> is_result(formula.steps().size(), false);
  is_result[sum] = true;
  const RegisterPlan plan{formula, is_result, std::vector<bool>(is_result.size(), false), 8};
  CHECK(plan.slots > 0);
  CHECK(plan.slots < 12);
}
