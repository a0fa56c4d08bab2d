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
  throw FeedError{fmt::format("the index {} at {} is outside of 0 .. {}", index,
                              to_string(index_at(place, extents)), extent - 1)};
}

}  // namespace retrograph
