#pragma once

#include <retrograph/graph/graph.hpp>
#include <retrograph/ops/height_width.hpp>

namespace retrograph {

/// As the stride of a window: its own extents, so that no number is in two.
inline constexpr HeightWidth side_by_side = 0;

constexpr HeightWidth stride_of(const HeightWidth& stride, const HeightWidth& window) {
  return stride == side_by_side ? window : stride;
}

/// A window that slides over images, what max_pool2d and avg_pool2d have in common.
struct Pool2dWindow {
  HeightWidth extents, stride, padding;

  std::string attributes() const;
  /// Of images [batch, channels, height, width]: the shape of what the pooling makes. Throws ShapeError.
  Shape infer(const Shape& images) const;
  friend bool operator==(const Pool2dWindow&, const Pool2dWindow&) = default;
};

/// Planes of images, and what a window makes of each, all extents known.
struct Pool2dPlanes {
  std::int64_t count;
  HeightWidth image, result;

  Pool2dPlanes(const Extents& images, const Extents& results);
  std::int64_t image_size() const { return image.height * image.width; }
  std::int64_t result_size() const { return result.height * result.width; }
  /// Planes of one thread.
  std::int64_t at_once() const;
};

}  // namespace retrograph
