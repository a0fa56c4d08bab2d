#pragma once

#include <string>
#include <string_view>

namespace retrograph::program {

/// Text as it is shown in HTML or SVG, between tags or in an attribute. Control characters, which SVG cannot
/// hold, become U+FFFD. The text is UTF-8.
std::string escaped(std::string_view text);

}  // namespace retrograph::program
