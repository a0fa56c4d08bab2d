#pragma once

#include <string>
#include <string_view>

namespace retrograph::program {

/// A whole HTML page that needs nothing beside itself: it has its style, for narrow and wide windows, light
/// and dark colour schemes and paper, and fetches nothing.
///
/// title  is escaped
/// body   is HTML; charts of `to_svg` are at home in it
/// style  is CSS of its own parts
std::string html_page(std::string_view title, std::string_view body, std::string_view style = {});

/// Part of a page under its heading. `body` is HTML; nothing at all is written if it is empty.
std::string section(std::string_view heading, std::string_view body);

/// What is shown once its summary is clicked.
std::string details(std::string_view summary, std::string_view body);

/// Charts or other figures beside each other, as many as there is room for.
std::string gallery(std::string_view figures);

}  // namespace retrograph::program
