#include <retrograph/models/data/utf_8.hpp>

#include <algorithm>
#include <cstdint>

namespace retrograph {
namespace {

struct Range {
  std::uint8_t from, to;
  bool has(char letter) const {
    const auto byte = static_cast<std::uint8_t>(letter);
    return from <= byte && byte <= to;
  }
};

/// By its first byte: how long a character is, and what its second byte may be. The bounds leave out longer
/// ways to write a character, surrogates, and what is beyond 10FFFF.
struct Kind {
  Range first;
  std::size_t length;
  Range second;
};
constexpr Range any{0x80, 0xbf};
constexpr Kind kinds[]{
    {{0x00, 0x7f}, 1, any},          {{0xc2, 0xdf}, 2, any},          {{0xe0, 0xe0}, 3, {0xa0, 0xbf}},
    {{0xe1, 0xec}, 3, any},          {{0xed, 0xed}, 3, {0x80, 0x9f}}, {{0xee, 0xef}, 3, any},
    {{0xf0, 0xf0}, 4, {0x90, 0xbf}}, {{0xf1, 0xf3}, 4, any},          {{0xf4, 0xf4}, 4, {0x80, 0x8f}}};

}  // namespace

bool is_utf_8(std::string_view text) {
  while (!text.empty()) {
    const auto kind = std::ranges::find_if(kinds, [&](const Kind& each) { return each.first.has(text[0]); });
    if (kind == std::end(kinds) || text.size() < kind->length) return false;
    for (std::size_t place = 1; place < kind->length; ++place)
      if (!(place == 1 ? kind->second : any).has(text[place])) return false;
    text.remove_prefix(kind->length);
  }
  return true;
}

}  // namespace retrograph
