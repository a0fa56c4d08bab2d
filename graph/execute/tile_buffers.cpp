#include <retrograph/graph/execute/tile_buffers.hpp>

#include <algorithm>

namespace retrograph {
namespace {

constexpr auto never = ~std::size_t{0};

/// The function that reads each value last; the number of all functions if that is an ending.
std::vector<std::size_t> last_uses(const TileBuffers::Reads& reads, std::size_t values) {
  std::vector<std::size_t> last_use(values, never);
  for (std::size_t index = 0; index < reads.of_functions.size(); ++index)
    for (const auto value : reads.of_functions[index]) last_use[value] = index;
  for (const auto value : reads.of_endings) last_use[value] = reads.of_functions.size();
  return last_use;
}

}  // namespace

TileBuffers::TileBuffers(const Signature& signature, const Extents& extents, const BroadcastRows& rows,
                         const Reads& reads, std::span<const Value> results,
                         const std::vector<bool>& in_registers) {
  const auto first_result = signature.inputs.size();
  std::vector<bool> in_memory;
  std::vector<std::size_t> bytes;
  for (const auto& input : signature.inputs) {
    const auto numbers = element_count(input.extents);
    in_memory.push_back(numbers == element_count(extents) || numbers == 1 || rows.extent() > 0);
    bytes.push_back(size_in_bytes(input.dtype));
  }
  for (std::size_t index = 0; index < reads.of_functions.size(); ++index)
    in_memory.push_back(!in_registers.empty() && in_registers[first_result + index]);
  for (const auto dtype : reads.dtypes) bytes.push_back(size_in_bytes(dtype));
  for (const auto value : results) in_memory[value] = true;
  const auto last_use = last_uses(reads, bytes.size());

  of_value.resize(bytes.size(), none);
  widest_number = *std::max_element(bytes.begin(), bytes.end());
  std::vector<std::uint32_t> free;
  const auto take = [&](std::size_t value) {
    if (in_memory[value]) return;
    if (free.empty()) free.push_back(count++);
    of_value[value] = free.back();
    free.pop_back();
  };
  const auto release = [&](std::size_t value) {
    if (!in_memory[value]) free.push_back(of_value[value]);
  };
  for (std::size_t value = 0; value < first_result; ++value) take(value);
  for (std::size_t index = 0; index < reads.of_functions.size(); ++index) {
    const auto result = first_result + index;
    auto ending = reads.of_functions[index];
    std::erase_if(ending, [&](Value value) { return last_use[value] != index; });
    std::sort(ending.begin(), ending.end());
    ending.erase(std::unique(ending.begin(), ending.end()), ending.end());
    // A loop may overwrite an operand, but only with numbers of the same size.
    for (const auto value : ending)
      if (bytes[value] == bytes[result]) release(value);
    take(result);
    for (const auto value : ending)
      if (bytes[value] != bytes[result]) release(value);
    if (last_use[result] == never) release(result);
  }
}

}  // namespace retrograph
