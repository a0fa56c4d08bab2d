#pragma once

#include <retrograph/graph/kernel.hpp>

namespace retrograph {

/// Throws TypeError unless `dtype` is one that indices may have: int32, int64 or uint8.
void require_index_dtype(DType dtype);

/// Calls `f(std::type_identity<I>{})` with the C++ type of such a dtype.
template <class F>
decltype(auto) visit_index_type(DType dtype, F&& f) {
  if (dtype == DType::int32) return f(std::type_identity<std::int32_t>{});
  if (dtype == DType::int64) return f(std::type_identity<std::int64_t>{});
  invariant(dtype == DType::uint8, "an index dtype was not checked");
  return f(std::type_identity<std::uint8_t>{});
}

/// Whether `index` is in 0 .. extent-1.
template <class I>
constexpr bool is_inside(I index, std::int64_t extent) {
  return static_cast<std::uint64_t>(index) < static_cast<std::uint64_t>(extent);  // a negative one is huge
}

/// Throws FeedError that names value and place of an index outside of 0 .. extent-1.
[[noreturn]] void refuse_index(std::int64_t index, std::int64_t place, const Extents& extents,
                               std::int64_t extent);

/// Throws it for the first index that is outside.
template <class I>
void require_inside(const ConstView& indices, std::int64_t extent) {
  const auto* values = indices.values<I>();
  for (std::int64_t place = 0; place < indices.size; ++place)
    if (!is_inside(values[place], extent)) refuse_index(values[place], place, indices.extents(), extent);
}

}  // namespace retrograph
