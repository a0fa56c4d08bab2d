#include <retrograph/graph/execute/broadcast_rows.hpp>

#include <algorithm>

namespace retrograph {
namespace {

/// Below, beginning each row anew costs more than writing repeated operands out.
constexpr std::int64_t least_row = 128;

}  // namespace

BroadcastRows::BroadcastRows(const Signature& signature, const Extents& extents) {
  Signature repeated{{}, {{DType::float32, extents}}};
  std::vector<Operand> operands;
  for (std::size_t index = 0; index < signature.inputs.size(); ++index) {
    const auto& input = signature.inputs[index];
    const auto count = element_count(input.extents);
    if (count == element_count(extents) || count == 1) continue;
    repeated.inputs.push_back(input);
    operands.push_back({index, static_cast<std::int64_t>(size_in_bytes(input.dtype)), false, {}});
  }
  if (operands.empty()) return;
  const BroadcastLoop loop{repeated};
  const auto row = loop.extents().back();
  if (row < least_row) return;
  extent_ = row;
  before_.assign(loop.extents().begin(), loop.extents().end() - 1);
  for (std::size_t index = 0; index < operands.size(); ++index) {
    const auto strides = loop.strides(index);
    operands[index].moves = loop.moves(index);
    operands[index].strides.assign(strides.begin(), strides.end() - 1);
  }
  operands_ = std::move(operands);
}

bool BroadcastRows::stands_still(std::size_t operand) const {
  return std::any_of(operands_.begin(), operands_.end(),
                     [&](const Operand& other) { return other.index == operand && !other.moves; });
}

BroadcastRows::Index BroadcastRows::index_of(std::int64_t place) const {
  Index index;
  auto rest = place / extent_;
  index.in_row = place - rest * extent_;
  for (auto axis = before_.size(); axis-- > 1; rest /= before_[axis])
    index.before[axis] = rest % before_[axis];
  index.before[0] = rest;
  return index;
}

std::int64_t BroadcastRows::offset(const Operand& operand, const Index& index) const {
  auto offset = operand.moves ? index.in_row : 0;
  for (std::size_t axis = 0; axis < operand.strides.size(); ++axis)
    offset += index.before[axis] * operand.strides[axis];
  return offset * operand.bytes;
}

}  // namespace retrograph
