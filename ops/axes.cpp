#include <retrograph/graph/error.hpp>
#include <retrograph/ops/axes.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace retrograph {

std::vector<std::size_t> Axes::normalized(std::size_t rank) const {
  std::vector<std::size_t> positions(axes_ ? axes_->size() : rank);
  if (!axes_) {
    std::iota(positions.begin(), positions.end(), std::size_t{0});
    return positions;
  }
  std::transform(axes_->begin(), axes_->end(), positions.begin(),
                 [&](std::int64_t axis) { return normalize_axis(axis, rank); });
  std::sort(positions.begin(), positions.end());
  const auto twice = std::adjacent_find(positions.begin(), positions.end());
  if (twice != positions.end()) throw ShapeError{fmt::format("axis {} is named twice", *twice)};
  return positions;
}

Shape reduced(const Shape& shape, const std::vector<std::size_t>& axes, Keep keep) {
  std::vector<Dim> dims;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    if (!std::binary_search(axes.begin(), axes.end(), axis))
      dims.push_back(shape[axis]);
    else if (keep == Keep::yes)
      dims.push_back(1);
  }
  return Shape{std::move(dims)};
}

}  // namespace retrograph
