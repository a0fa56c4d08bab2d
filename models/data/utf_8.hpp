#pragma once

#include <string_view>

namespace retrograph {

/// Whether a text is UTF-8, as logs and weight files are: RFC 3629, section 4.
bool is_utf_8(std::string_view text);

}  // namespace retrograph
