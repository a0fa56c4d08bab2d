#include <retrograph/graph/compile/program.hpp>
#include <retrograph/graph/index_table.hpp>

#include <algorithm>
#include <functional>
#include <numeric>

namespace retrograph {
namespace {

/// Constants larger than this are not compared with each other.
constexpr std::size_t largest_compared_bytes = 256;

std::size_t combined(std::size_t hash, std::size_t next) {
  return (hash ^ next) * 0x100000001B3u + (hash >> 29);
}

std::size_t hash(const Array& array) {
  const std::string_view bytes{reinterpret_cast<const char*>(array.bytes()), array.size_in_bytes()};
  return combined(std::hash<std::string_view>{}(bytes), static_cast<std::size_t>(array.dtype()));
}

/// Ops of one name on the same operands differ by their attributes alone: a hundred thousand slices of one
/// table, say.
std::size_t hash(const Step& step) {
  auto hash = std::hash<std::string_view>{}(step.op.name());
  if (const auto attributes = step.op.attributes(); !attributes.empty())
    hash = combined(hash, std::hash<std::string_view>{}(attributes));
  for (const auto value : step.inputs) hash = combined(hash, value);
  return hash;
}

void merge_constants(Program& program, std::vector<ValueId>& same_as) {
  IndexTable kept;
  std::uint32_t count = 0;
  for (auto& constant : program.constants) {
    const bool small = constant.array->size_in_bytes() <= largest_compared_bytes;
    const auto key = small ? hash(*constant.array) : 0;
    const auto twin = small ? kept.find(key,
                                        [&](std::uint32_t other) {
                                          return *program.constants[other].array == *constant.array;
                                        })
                            : IndexTable::none;
    if (twin != IndexTable::none) {
      same_as[constant.value] = program.constants[twin].value;
      continue;
    }
    if (small) kept.insert(key, count);
    if (&program.constants[count] != &constant) program.constants[count] = std::move(constant);
    ++count;
  }
  program.constants.resize(count);
}

bool are_equal(const Program& program, const Step& a, const Step& b) {
  return a.inputs == b.inputs && a.op == b.op && a.outputs.size() == b.outputs.size() &&
         std::equal(a.outputs.begin(), a.outputs.end(), b.outputs.begin(),
                    [&](ValueId x, ValueId y) { return program.values[x] == program.values[y]; });
}

}  // namespace

bool merge_equal(Program& program) {
  std::vector<ValueId> same_as(program.values.size());
  std::iota(same_as.begin(), same_as.end(), ValueId{0});
  merge_constants(program, same_as);

  auto& steps = program.steps;
  IndexTable kept;
  std::uint32_t count = 0;
  for (auto& step : steps) {
    for (auto& value : step.inputs) value = same_as[value];
    if (!step.op.traits().random) {
      const auto key = hash(step);
      const auto twin =
          kept.find(key, [&](std::uint32_t other) { return are_equal(program, steps[other], step); });
      if (twin != IndexTable::none) {
        for (std::size_t i = 0; i < step.outputs.size(); ++i)
          same_as[step.outputs[i]] = steps[twin].outputs[i];
        continue;
      }
      kept.insert(key, count);
    }
    if (&steps[count] != &step) steps[count] = std::move(step);
    ++count;
  }
  const bool merged = count < steps.size();
  steps.erase(steps.begin() + count, steps.end());
  for (auto& value : program.outputs) value = same_as[value];
  for (auto& update : program.updates) update.value = same_as[update.value];
  return merged;
}

}  // namespace retrograph
