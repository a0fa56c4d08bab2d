#include <retrograph/ops/elementwise.hpp>

#include <fmt/format.h>

namespace retrograph {

void refuse_pair(std::string_view reason, const Extents& extents, std::int64_t place, std::int64_t a,
                 std::int64_t b) {
  throw FeedError{fmt::format("{} at {}: {} and {}", reason, to_string(index_at(place, extents)), a, b),
                  "cast the operands to a float"};
}

}  // namespace retrograph
