#include "digit_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace retrograph::program {
namespace {

/// One of `count` things for a number in [0, 1].
std::size_t step_of(double number, std::size_t count) {
  if (!(number > 0)) return 0;  // nor is a NaN
  const auto steps = static_cast<double>(count) - 1;
  return static_cast<std::size_t>(std::lround(std::min(number, 1.0) * steps));
}

/// The 24 greys of terminals that know 256 colours, between black and white of these.
int grey(double brightness) {
  constexpr int black = 16, darkest_grey = 232, white = 231;
  const auto step = static_cast<int>(step_of(brightness, 26));
  if (step == 0) return black;
  return step == 25 ? white : darkest_grey + step - 1;
}

std::string half_blocks(double upper, double lower) {
  return fmt::format("\x1b[38;5;{};48;5;{}m▀", grey(upper), grey(lower));
}

std::string_view shade(double brightness, bool is_utf8) {
  static constexpr std::array<std::string_view, 5> blocks{" ", "░", "▒", "▓", "█"};
  static constexpr std::string_view letters = " .:-=+*#%@";
  return is_utf8 ? blocks[step_of(brightness, blocks.size())]
                 : letters.substr(step_of(brightness, letters.size()), 1);
}

}  // namespace

std::vector<std::string> drawn(const Array& image, const TerminalStyle& style) {
  const auto height = image.extents()[0], width = image.extents()[1];
  std::vector<std::string> lines;
  for (std::int64_t y = 0; y < height; y += 2) {
    std::string line;
    for (std::int64_t x = 0; x < width; ++x) {
      const auto upper = image.at(y * width + x);
      const auto lower = y + 1 < height ? image.at((y + 1) * width + x) : 0;
      line += style.is_coloured ? half_blocks(upper, lower)
                                : std::string{shade((upper + lower) / 2, style.is_utf8)};
    }
    lines.push_back(style.is_coloured ? line + "\x1b[0m" : line);
  }
  return lines;
}

std::string bar(double share, std::size_t cells, const TerminalStyle& style) {
  if (!style.is_utf8) return std::string(step_of(share, cells + 1), '#');
  static constexpr std::array<std::string_view, 8> eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto filled = step_of(share, 8 * cells + 1);
  std::string text;
  for (std::size_t cell = 0; cell < filled / 8; ++cell) text += "█";
  return text + std::string{eighths[filled % 8]};
}

}  // namespace retrograph::program
