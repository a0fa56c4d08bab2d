#include <retrograph/graph/pointwise.hpp>

#include <algorithm>
#include <cstring>

namespace retrograph {
namespace {

template <class Bits>
void repeat(const std::byte* number, std::int64_t count, std::byte* to) {
  Bits bits;
  std::memcpy(&bits, number, sizeof bits);
  std::fill_n(reinterpret_cast<Bits*>(to), count, bits);
}

}  // namespace

std::int64_t reduced_line(const Extents& extents, const std::vector<std::size_t>& axes) {
  std::int64_t line = 1;
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    if (extents[axis] == 1) continue;
    if (std::find(axes.begin(), axes.end(), axis) != axes.end())
      line *= extents[axis];
    else if (line > 1)
      return 0;
  }
  return line;
}

void repeat(const std::byte* number, std::size_t bytes, std::int64_t count, std::byte* to) {
  if (bytes == 4)
    repeat<std::uint32_t>(number, count, to);
  else if (bytes == 8)
    repeat<std::uint64_t>(number, count, to);
  else
    repeat<std::uint8_t>(number, count, to);
}

}  // namespace retrograph
