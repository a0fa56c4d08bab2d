#include "markup.hpp"

namespace retrograph::program {

std::string escaped(std::string_view text) {
  constexpr std::string_view replacement = "\xEF\xBF\xBD";
  std::string result;
  for (const auto letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '&')
      result += "&amp;";
    else if (letter == '<')
      result += "&lt;";
    else if (letter == '>')
      result += "&gt;";
    else if (letter == '"')
      result += "&quot;";
    else if (letter == '\'')
      result += "&#39;";
    else if ((code < 0x20 && letter != '\n' && letter != '\t') || code == 0x7F)
      result += replacement;
    else
      result += letter;
  }
  return result;
}

}  // namespace retrograph::program
