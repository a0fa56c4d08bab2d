#include <retrograph/graph/broadcast_loop.hpp>
#include <retrograph/graph/error.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

/// Numbers to step over in an operand of `extents` for each axis of a result of `rank`; 0 where it is
/// repeated.
std::vector<std::int64_t> repeated_strides(const Extents& extents, std::size_t rank) {
  std::vector<std::int64_t> strides(rank - extents.size(), 0);
  const auto own = row_major_strides(extents);
  for (std::size_t axis = 0; axis < extents.size(); ++axis)
    strides.push_back(extents[axis] == 1 ? 0 : own[axis]);
  return strides;
}

}  // namespace

BroadcastLoop::BroadcastLoop(const Signature& signature, std::size_t first_operand)
    : size_{element_count(signature.outputs[0].extents)} {
  const auto& result = signature.outputs[0].extents;
  std::vector<std::vector<std::int64_t>> strides;
  for (std::size_t index = first_operand; index < signature.inputs.size(); ++index)
    strides.push_back(repeated_strides(signature.inputs[index].extents, result.size()));
  strides_.resize(strides.size());
  for (std::size_t axis = 0; axis < result.size(); ++axis) {
    if (result[axis] == 1) continue;
    const auto continues = [&](std::size_t operand) {
      return strides_[operand].back() == strides[operand][axis] * result[axis];
    };
    bool joins = !extents_.empty();
    for (std::size_t operand = 0; operand < strides.size(); ++operand) joins = joins && continues(operand);
    if (joins)
      extents_.back() *= result[axis];
    else
      extents_.push_back(result[axis]);
    for (std::size_t operand = 0; operand < strides.size(); ++operand) {
      if (joins) strides_[operand].pop_back();
      strides_[operand].push_back(strides[operand][axis]);
    }
  }
  if (extents_.empty()) {
    extents_.push_back(1);
    for (auto& operand : strides_) operand.push_back(0);
  }
  if (extents_.size() > max_rank)
    throw ShapeError{fmt::format("more than {} axes are repeated in turn", max_rank)};
}

}  // namespace retrograph
