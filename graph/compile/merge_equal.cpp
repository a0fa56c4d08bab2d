#include <retrograph/graph/compile/program.hpp>

#include <algorithm>
#include <functional>
#include <numeric>
#include <unordered_map>

namespace retrograph {
namespace {

/// Constants larger than this are not compared with each other.
constexpr std::size_t largest_compared_bytes = 256;

std::size_t hash(const Step& step) {
  auto hash = std::hash<std::string_view>{}(step.op.name());
  for (const auto value : step.inputs) hash = hash * 31 + value;
  return hash;
}

void merge_constants(Program& program, std::vector<ValueId>& same_as) {
  std::vector<Program::Constant> kept;
  for (auto& constant : program.constants) {
    const auto equal = [&](const Program::Constant& other) {
      return other.array->size_in_bytes() <= largest_compared_bytes && *other.array == *constant.array;
    };
    const auto twin = std::find_if(kept.begin(), kept.end(), equal);
    if (twin == kept.end())
      kept.push_back(std::move(constant));
    else
      same_as[constant.value] = twin->value;
  }
  program.constants = std::move(kept);
}

}  // namespace

bool merge_equal(Program& program) {
  std::vector<ValueId> same_as(program.values.size());
  std::iota(same_as.begin(), same_as.end(), ValueId{0});
  merge_constants(program, same_as);

  std::vector<Step> kept;
  std::unordered_multimap<std::size_t, std::size_t> kept_by_hash;
  for (auto& step : program.steps) {
    for (auto& value : step.inputs) value = same_as[value];
    const auto twin = [&]() -> const Step* {
      if (step.op.traits().random) return nullptr;
      for (auto [entry, end] = kept_by_hash.equal_range(hash(step)); entry != end; ++entry) {
        const auto& other = kept[entry->second];
        if (other.inputs == step.inputs && other.op == step.op &&
            other.outputs.size() == step.outputs.size() &&
            std::equal(step.outputs.begin(), step.outputs.end(), other.outputs.begin(),
                       [&](ValueId a, ValueId b) { return program.values[a] == program.values[b]; }))
          return &other;
      }
      return nullptr;
    }();
    if (twin) {
      for (std::size_t i = 0; i < step.outputs.size(); ++i) same_as[step.outputs[i]] = twin->outputs[i];
    } else {
      kept_by_hash.emplace(hash(step), kept.size());
      kept.push_back(std::move(step));
    }
  }
  const bool merged = kept.size() < program.steps.size();
  program.steps = std::move(kept);
  for (auto& value : program.outputs) value = same_as[value];
  for (auto& update : program.updates) update.value = same_as[update.value];
  return merged;
}

}  // namespace retrograph
