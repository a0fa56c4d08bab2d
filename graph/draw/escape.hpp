#pragma once

#include <string>
#include <string_view>

namespace retrograph::draw {

/// "text" as an id in the language of Graphviz: different texts stay different.
std::string dot_string(std::string_view text);

/// "text" as an attribute that Graphviz reads for backslashes and entities: shown as it is, line by line.
std::string dot_lines(std::string_view text);

/// Text inside an HTML-like label, shown as it is.
std::string html_text(std::string_view text);

/// The first `length` characters, with an ellipsis if there are more.
std::string shortened(std::string_view text, std::size_t length);

}  // namespace retrograph::draw
