#pragma once

#include <retrograph/graph/formula.hpp>

namespace retrograph {

/// In which register each value of a formula is calculated, and what must be loaded and put aside for it.
struct RegisterPlan {
  using Value = Formula::Value;
  using Register = std::uint8_t;
  static constexpr Register in_memory = 0xff;  // read where it is
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  enum class Kind : std::uint8_t {
    load,       // an operand or a number into `result`
    put_aside,  // what is in `result`, to `slot`
    fetch,      // from `slot` into `result`
    calculate
  };
  struct Instruction {
    Kind kind;
    Value value;
    Register result;
    std::uint32_t slot = none;
    std::array<Register, 4> arguments{};  // of a calculation
  };

  /// `is_result` says which values are needed after the formula, `stands_still` which are the same number
  /// in all lanes, so that an instruction can read them from memory. There are at least 8 registers.
  RegisterPlan(const Formula& formula, const std::vector<bool>& is_result,
               const std::vector<bool>& stands_still, std::uint8_t registers);

  std::vector<Instruction> before;        // loads of what stands still and stays in its register
  std::vector<Instruction> instructions;  // for each place
  std::uint32_t slots = 0;
};

}  // namespace retrograph
