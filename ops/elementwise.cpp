#include <retrograph/ops/elementwise.hpp>

#include <fmt/format.h>

namespace retrograph {

void refuse_pair(std::string_view reason, const Extents& extents, std::int64_t place, std::int64_t a,
                 std::int64_t b) {
  Extents index(extents.size());
  for (std::size_t axis = extents.size(); axis-- > 0; place /= extents[axis])
    index[axis] = place % extents[axis];
  throw FeedError{fmt::format("{} at {}: {} and {}", reason, to_string(index), a, b),
                  "cast the operands to a float"};
}

}  // namespace retrograph
