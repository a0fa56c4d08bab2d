#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>

namespace retrograph::program {

/// "98.21 %", or a dash where there is no number.
inline std::string percent(double share) {
  return std::isfinite(share) ? fmt::format("{:.2f} %", 100 * share) : "–";
}

/// Four digits, or a dash where there is no number.
inline std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{:.4g}", value) : "–";
}

/// "41 s", "3 min 20 s", "2 h 5 min".
inline std::string duration(double seconds) {
  if (!std::isfinite(seconds)) return "–";
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  if (seconds < 60) return fmt::format("{:.0f} s", seconds);
  const auto minutes = std::floor(seconds / 60);
  if (minutes < 60) return fmt::format("{:.0f} min {:.0f} s", minutes, std::floor(seconds - 60 * minutes));
  return fmt::format("{:.0f} h {:.0f} min", std::floor(minutes / 60),
                     minutes - 60 * std::floor(minutes / 60));
}

}  // namespace retrograph::program
