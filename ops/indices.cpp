#include <retrograph/graph/error.hpp>
#include <retrograph/ops/indices.hpp>

#include <fmt/format.h>

namespace retrograph {

void require_index_dtype(DType dtype) {
  if (dtype != DType::int32 && dtype != DType::int64 && dtype != DType::uint8)
    throw TypeError{fmt::format("indices are int32, int64 or uint8, not {}", to_string(dtype)),
                    "convert them with cast"};
}

void refuse_index(std::int64_t index, std::int64_t place, const Extents& extents, std::int64_t extent) {
  Extents position(extents.size());
  for (auto axis = extents.size(); axis-- > 0; place /= extents[axis]) position[axis] = place % extents[axis];
  throw FeedError{
      fmt::format("the index {} at {} is outside of 0 .. {}", index, to_string(position), extent - 1)};
}

}  // namespace retrograph
