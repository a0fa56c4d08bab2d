#pragma once

#include <cstdint>
#include <string>

namespace retrograph {

/// Two numbers of an image, or of a window that moves over it. One number stands for both: `= 2`.
struct HeightWidth {
  std::int64_t height, width;

  constexpr HeightWidth(std::int64_t both) : height{both}, width{both} {}
  constexpr HeightWidth(std::int64_t of_height, std::int64_t of_width) : height{of_height}, width{of_width} {}
  friend bool operator==(const HeightWidth&, const HeightWidth&) = default;
};

/// "5x3"
std::string to_string(const HeightWidth& pair);

}  // namespace retrograph
