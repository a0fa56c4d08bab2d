#include <retrograph/graph/execute/register_plan.hpp>

#include <algorithm>

namespace retrograph {
namespace {

using Value = Formula::Value;
using Register = RegisterPlan::Register;
using Kind = RegisterPlan::Kind;
constexpr auto none = RegisterPlan::none;

/// Whether an instruction can read this argument from memory.
bool may_be_in_memory(Formula::Operation operation, std::size_t argument) {
  return argument == 1 || (argument == 2 && argument_count(operation) == 4);
}

class Planner {
 public:
  Planner(RegisterPlan& plan, const Formula& formula, const std::vector<bool>& is_result,
          const std::vector<bool>& stands_still, std::uint8_t registers)
      : plan_{plan},
        steps_{formula.steps()},
        is_result_{is_result},
        stands_still_{stands_still},
        uses_(steps_.size()),
        register_of_(steps_.size(), RegisterPlan::in_memory),
        slot_of_(steps_.size(), none),
        value_in_(registers, none) {
    for (auto step = static_cast<Value>(steps_.size()); step-- > 0;)
      if (is_needed(step))
        for (std::size_t index = 0; index < argument_count(steps_[step].operation); ++index)
          uses_[steps_[step].arguments[index]].push_back(step);
  }

  /// Values that stand still have registers of their own, the most used first, as long as there are some.
  void load_before(std::size_t most) {
    std::vector<Value> still;
    for (Value value = 0; value < steps_.size(); ++value)
      if (stands_still_[value] && !uses_[value].empty()) still.push_back(value);
    std::stable_sort(still.begin(), still.end(),
                     [&](Value a, Value b) { return uses_[a].size() > uses_[b].size(); });
    still.resize(std::min(still.size(), most));
    for (const auto value : still) {
      register_of_[value] = static_cast<Register>(value_in_.size() - 1);
      value_in_.pop_back();
      uses_[value].clear();  // none is the last
      plan_.before.push_back({Kind::load, value, register_of_[value], none, {}});
    }
  }

  void plan(Value value) {
    const auto& [operation, arguments, number] = steps_[value];
    const auto count = argument_count(operation);
    if (count == 0 || !is_needed(value)) return;
    RegisterPlan::Instruction calculation{Kind::calculate, value, 0, none, {}};
    for (std::size_t index = 0; index < count; ++index)
      if (const auto argument = arguments[index];
          !(is_only_in_memory(argument) && may_be_in_memory(operation, index)))
        bring_in(argument);
    for (std::size_t index = 0; index < count; ++index)
      calculation.arguments[index] = register_of_[arguments[index]];
    for (std::size_t index = 0; index < count; ++index) forget_use(arguments[index]);
    calculation.result = take_register();
    plan_.instructions.push_back(calculation);
    hold(value, calculation.result);
    if (uses_[value].empty()) release(value);
  }

 private:
  bool is_needed(Value value) const { return is_result_[value] || !uses_[value].empty(); }
  bool is_only_in_memory(Value value) const {
    return stands_still_[value] && register_of_[value] == RegisterPlan::in_memory;
  }
  bool is_calculated(Value value) const { return argument_count(steps_[value].operation) > 0; }

  void bring_in(Value value) {
    if (register_of_[value] != RegisterPlan::in_memory) return;
    const auto into = take_register();
    const auto kind = is_calculated(value) ? Kind::fetch : Kind::load;
    plan_.instructions.push_back({kind, value, into, slot_of_[value], {}});
    hold(value, into);
  }

  /// A free one, or that of the value whose next use is farthest away; of none that the step itself reads.
  Register take_register() {
    if (const auto free = std::find(value_in_.begin(), value_in_.end(), none); free != value_in_.end())
      return static_cast<Register>(free - value_in_.begin());
    const auto farthest = std::max_element(value_in_.begin(), value_in_.end(), [&](Value a, Value b) {
      return uses_[a].back() < uses_[b].back();
    });
    const auto place = static_cast<Register>(farthest - value_in_.begin());
    put_aside(*farthest, place);
    return place;
  }

  /// What was read from memory is there still.
  void put_aside(Value value, Register place) {
    register_of_[value] = RegisterPlan::in_memory;
    if (!is_calculated(value) || slot_of_[value] != none) return;
    if (free_slots_.empty()) free_slots_.push_back(plan_.slots++);
    slot_of_[value] = free_slots_.back();
    free_slots_.pop_back();
    plan_.instructions.push_back({Kind::put_aside, value, place, slot_of_[value], {}});
  }

  void hold(Value value, Register place) {
    register_of_[value] = place;
    value_in_[place] = value;
  }

  void forget_use(Value value) {
    auto& uses = uses_[value];
    if (uses.empty()) return;  // it has a register of its own
    uses.pop_back();
    if (uses.empty()) release(value);
  }

  void release(Value value) {
    if (const auto place = register_of_[value]; place != RegisterPlan::in_memory) value_in_[place] = none;
    if (slot_of_[value] != none) free_slots_.push_back(slot_of_[value]);
    register_of_[value] = RegisterPlan::in_memory;
    slot_of_[value] = none;
  }

  RegisterPlan& plan_;
  const std::vector<Formula::Step>& steps_;
  const std::vector<bool>&is_result_, &stands_still_;
  std::vector<std::vector<Value>> uses_;  // of each value, the steps that still read it, the next one last
  std::vector<Register> register_of_;     // or in_memory
  std::vector<std::uint32_t> slot_of_;
  std::vector<Value> value_in_;  // each register
  std::vector<std::uint32_t> free_slots_;
};

}  // namespace

RegisterPlan::RegisterPlan(const Formula& formula, const std::vector<bool>& is_result,
                           const std::vector<bool>& stands_still, std::uint8_t registers) {
  Planner planner{*this, formula, is_result, stands_still, registers};
  planner.load_before(registers / 2);
  for (Value value = 0; value < formula.steps().size(); ++value) planner.plan(value);
}

}  // namespace retrograph
