#include <retrograph/graph/error.hpp>
#include <retrograph/graph/shape.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <limits>

namespace retrograph {
namespace {

/// Addresses of more bytes than this cannot be subtracted from each other.
constexpr std::size_t largest_array_bytes = std::numeric_limits<std::ptrdiff_t>::max();

}  // namespace

std::int64_t element_count(const Extents& extents) {
  // A zero anywhere makes the product zero, however large the others are.
  if (std::find(extents.begin(), extents.end(), 0) != extents.end()) return 0;
  std::int64_t count = 1;
  for (const auto extent : extents)
    if (extent < 0 || __builtin_mul_overflow(count, extent, &count))
      throw ShapeError{fmt::format("an array of {} numbers cannot be", to_string(extents))};
  return count;
}

std::vector<std::int64_t> row_major_strides(const Extents& extents) {
  std::vector<std::int64_t> strides(extents.size(), 1);
  for (std::size_t axis = extents.size(); axis-- > 1;) strides[axis - 1] = strides[axis] * extents[axis];
  return strides;
}

Extents index_at(std::int64_t place, const Extents& extents) {
  Extents index(extents.size());
  for (std::size_t axis = extents.size(); axis-- > 0; place /= extents[axis])
    index[axis] = place % extents[axis];
  return index;
}

Dim Shape::element_count() const {
  Dim count = 1;
  for (const auto& dim : dims_) count = count * dim;
  return count;
}

bool Shape::is_concrete() const {
  return std::all_of(dims_.begin(), dims_.end(), [](const Dim& dim) { return dim.is_number(); });
}

Extents Shape::evaluate(const Binding& binding) const {
  Extents extents;
  extents.reserve(rank());
  for (const auto& dim : dims_) extents.push_back(dim.evaluate(binding));
  return extents;
}

std::string to_string(const Shape& shape) {
  std::vector<std::string> dims;
  for (const auto& dim : shape) dims.push_back(to_string(dim));
  return fmt::format("[{}]", fmt::join(dims, ", "));
}

std::string to_string(const Extents& extents) {
  return fmt::format("[{}]", fmt::join(extents, ", "));
}

std::size_t size_in_bytes(const ArrayType& type) {
  const auto count = static_cast<std::size_t>(element_count(type.extents));
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size_in_bytes(type.dtype), &bytes) || bytes > largest_array_bytes)
    throw ShapeError{fmt::format("an array of {} numbers cannot be", to_string(type.extents))};
  return bytes;
}

std::size_t normalize_axis(std::int64_t axis, std::size_t rank) {
  const auto signed_rank = static_cast<std::int64_t>(rank);
  if (axis < -signed_rank || axis >= signed_rank)
    throw ShapeError{fmt::format("axis {} is outside of a tensor of rank {}", axis, rank)};
  return static_cast<std::size_t>(axis < 0 ? axis + signed_rank : axis);
}

}  // namespace retrograph
