#include "terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace retrograph::program {

std::optional<std::size_t> terminal_width() {
  if (!isatty(STDOUT_FILENO)) return std::nullopt;
  constexpr std::size_t usual = 80;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual;
  return size.ws_col;
}

}  // namespace retrograph::program
