#include <retrograph/graph/draw/escape.hpp>

#include <fmt/format.h>

namespace retrograph::draw {
namespace {

/// Bytes of the character of UTF-8 at the front, or 0 if there is none (RFC 3629, section 4).
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const auto first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xC2 && first < 0xE0   ? 2
                             : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xF0 && first < 0xF5 ? 4
                                                             : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t index = 1; index < length; ++index)
    if (byte(index) < 0x80 || byte(index) > 0xBF) return 0;
  const auto second = byte(1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool beyond = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  const bool no_character = length == 3 && first == 0xEF && second == 0xBF && byte(2) > 0xBD;
  return overlong || beyond || no_character ? 0 : length;
}

/// Replaces each character. What neither Graphviz nor SVG can hold is shown as \x1B, its first letter written
/// as `backslash`.
std::string replaced(std::string_view text, std::string_view backslash,
                     std::string_view (*replace)(std::string_view character)) {
  std::string result;
  while (!text.empty()) {
    const auto length = character_length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (length == 0 || (first < 0x20 && first != '\n') || first == 0x7F)
      result += fmt::format("{}x{:02X}", backslash, first);
    else
      result += replace(text.substr(0, length));
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return result;
}

/// Graphviz replaces \N by the name of a node, \L by its label and so on, in some places twice over. A space
/// of no width keeps the letter from the backslash.
constexpr std::string_view backslash_in_html = "\\&#8203;";
constexpr std::string_view backslash_in_lines = "\\\\&#8203;";

std::string_view in_id(std::string_view character) {
  if (character == "\"") return "\\\"";
  if (character == "\\") return "\\\\";
  if (character == "\n") return "\\n";
  return character;
}

std::string_view in_lines(std::string_view character) {
  if (character == "\"") return "\\\"";
  if (character == "\\") return backslash_in_lines;
  if (character == "\n") return "\\n";
  if (character == "&") return "&amp;";
  return character;
}

std::string_view in_html(std::string_view character) {
  if (character == "\"") return "&quot;";
  if (character == "\\") return backslash_in_html;
  if (character == "\n") return "\\&#8203;n";
  if (character == "&") return "&amp;";
  if (character == "<") return "&lt;";
  if (character == ">") return "&gt;";
  return character;
}

}  // namespace

std::string dot_string(std::string_view text) {
  return '"' + replaced(text, "\\", in_id) + '"';
}

std::string dot_lines(std::string_view text) {
  return '"' + replaced(text, backslash_in_lines, in_lines) + '"';
}

std::string html_text(std::string_view text) {
  return replaced(text, backslash_in_html, in_html);
}

std::string shortened(std::string_view text, std::size_t length) {
  std::size_t end = 0;
  for (std::size_t count = 0; end < text.size(); ++count) {
    if (count == length) return std::string{text.substr(0, end)} + "…";
    const auto bytes = character_length(text.substr(end));
    end += bytes == 0 ? 1 : bytes;
  }
  return std::string{text};
}

}  // namespace retrograph::draw
