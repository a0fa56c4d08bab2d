#include <retrograph/ops/broadcast.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/sum.hpp>

#include <fmt/format.h>

#include <algorithm>

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

Shape broadcast(const Shape& a, const Shape& b) {
  const auto rank = std::max(a.rank(), b.rank());
  std::vector<Dim> dims;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const auto dim_of = [&](const Shape& shape) {
      const auto missing = rank - shape.rank();
      return axis < missing ? Dim{1} : shape[axis - missing];
    };
    const auto left = dim_of(a), right = dim_of(b);
    if (left == right || right == Dim{1})
      dims.push_back(left);
    else if (left == Dim{1})
      dims.push_back(right);
    else
      throw ShapeError{fmt::format("extents differ: {} and {}", to_string(left), to_string(right)),
                       "extents must be equal or 1, counted from the last axis"};
  }
  return Shape{std::move(dims)};
}

Shape broadcast(const Types& operands) {
  auto shape = operands.front().shape;
  for (std::size_t index = 1; index < operands.size(); ++index)
    shape = broadcast(shape, operands[index].shape);
  return shape;
}

Tensor sum_to(const Tensor& tensor, const Shape& shape) {
  if (tensor.shape() == shape) return tensor;
  const auto added = tensor.rank() - shape.rank();
  std::vector<std::int64_t> axes;
  for (std::size_t axis = 0; axis < tensor.rank(); ++axis)
    if (axis < added || (shape[axis - added] == Dim{1} && tensor.shape()[axis] != Dim{1}))
      axes.push_back(static_cast<std::int64_t>(axis));
  const auto summed = axes.empty() ? tensor : sum(tensor, Axes{axes});
  return summed.shape() == shape ? summed : reshape(summed, shape);
}

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
