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

void repeat(const std::byte* number, std::size_t bytes, std::int64_t count, std::byte* to) {
  if (bytes == 4)
    repeat<std::uint32_t>(number, count, to);
  else if (bytes == 8)
    repeat<std::uint64_t>(number, count, to);
  else
    repeat<std::uint8_t>(number, count, to);
}

}  // namespace retrograph
