#pragma once

#include <optional>

namespace retrograph::program {

/// Columns of the terminal that standard output goes to; none if it goes to a file or a pipe.
std::optional<std::size_t> terminal_width();

/// What standard output can show.
struct TerminalStyle {
  bool is_utf8 = false;      // as LC_ALL, LC_CTYPE or LANG say
  bool is_coloured = false;  // a terminal, unless TERM is dumb or NO_COLOR is set
};
TerminalStyle terminal_style();

}  // namespace retrograph::program
