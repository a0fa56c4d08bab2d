#include <retrograph/ops/broadcast.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/sum.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph {

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

}  // namespace retrograph
