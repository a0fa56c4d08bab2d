#include "terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string>

namespace retrograph::program {
namespace {

std::string environment(const char* name) {
  const auto* value = std::getenv(name);
  return value ? value : "";
}

/// The first of these variables that is set decides.
bool speaks_utf8() {
  for (const auto* name : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (auto locale = environment(name); !locale.empty()) {
      std::transform(locale.begin(), locale.end(), locale.begin(),
                     [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
      return locale.ends_with("utf-8") || locale.ends_with("utf8");
    }
  return false;
}

}  // namespace

std::optional<std::size_t> terminal_width() {
  if (!isatty(STDOUT_FILENO)) return std::nullopt;
  constexpr std::size_t usual = 80;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual;
  return size.ws_col;
}

TerminalStyle terminal_style() {
  const auto is_utf8 = speaks_utf8();
  return {is_utf8, is_utf8 && isatty(STDOUT_FILENO) && environment("NO_COLOR").empty() &&
                       environment("TERM") != "dumb"};
}

}  // namespace retrograph::program
