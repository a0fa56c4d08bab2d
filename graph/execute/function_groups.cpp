#include <retrograph/graph/execute/function_groups.hpp>

#include <unordered_map>

namespace retrograph {

FunctionGroups::FunctionGroups(std::span<const std::unique_ptr<Pointwise>> functions, std::size_t operands,
                               const TileBuffers::Reads& reads, std::span<const Value> results,
                               bool generates)
    : operands_{operands},
      reads_{reads},
      formulas_(functions.size()),
      in_registers_(operands + functions.size(), false) {
  if (generates && functions.size() > 1 && GeneratedLoop::is_available())
    for (std::size_t index = 0; index < functions.size(); ++index)
      formulas_[index] = functions[index]->formula();
  group_neighbours();
  find_values_in_registers(results);
}

void FunctionGroups::group_neighbours() {
  for (std::size_t index = 0; index < formulas_.size(); ++index) {
    const auto dtype = reads_.dtypes[index];
    if (index > 0 && formulas_[index] && formulas_[index - 1] && groups_.back().dtype == dtype)
      groups_.back().last = index + 1;
    else
      groups_.push_back({index, index + 1, dtype});
  }
}

void FunctionGroups::find_values_in_registers(std::span<const Value> results) {
  std::vector<std::size_t> group_of(formulas_.size());
  for (std::size_t group = 0; group < groups_.size(); ++group)
    for (auto function = groups_[group].first; function < groups_[group].last; ++function) {
      group_of[function] = group;
      in_registers_[value_of(function)] = groups_[group].last - groups_[group].first > 1;
    }
  for (std::size_t function = 0; function < formulas_.size(); ++function)
    for (const auto value : reads_.of_functions[function])
      if (value >= operands_ && group_of[value - operands_] != group_of[function])
        in_registers_[value] = false;
  for (const auto value : reads_.of_endings) in_registers_[value] = false;
  for (const auto value : results) in_registers_[value] = false;
}

std::unique_ptr<GeneratedLoop> FunctionGroups::generate(const Group& group,
                                                        std::span<const Place> place_of_value,
                                                        const std::vector<bool>& stands_still,
                                                        std::span<const Place> far) const {
  Formula formula;
  std::vector<GeneratedLoop::Operand> operands;
  std::vector<GeneratedLoop::Result> results;
  std::unordered_map<Value, Formula::Value> calculated;
  for (auto function = group.first; function < group.last; ++function) {
    std::vector<Formula::Value> arguments;
    for (const auto value : reads_.of_functions[function]) {
      const auto [found, is_new] = calculated.try_emplace(value);
      if (is_new) {
        found->second = formula.operand(static_cast<std::uint32_t>(operands.size()));
        operands.push_back({place_of_value[value], value >= operands_ || !stands_still[value]});
      }
      arguments.push_back(found->second);
    }
    const auto value = value_of(function);
    const auto result = formula.append(*formulas_[function], arguments);
    calculated.emplace(value, result);
    if (!in_registers_[value]) results.push_back({result, place_of_value[value]});
  }
  return std::make_unique<GeneratedLoop>(group.dtype, formula, operands, results, far);
}

}  // namespace retrograph
