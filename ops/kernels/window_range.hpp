#pragma once

#include <algorithm>
#include <cstdint>

namespace retrograph {

/// Where one number of a window that slides over an image meets numbers of the image, along one axis: at
/// places first .. end-1 of the window, of which place i meets number i * stride + offset.
struct WindowRange {
  std::int64_t first, end, stride, offset;

  /// The number is `tap` * `dilation` behind the window's first one, and `padding` zeros lie before the
  /// image.
  WindowRange(std::int64_t tap, std::int64_t places, std::int64_t extent, std::int64_t step,
              std::int64_t padding, std::int64_t dilation = 1)
      : stride{step}, offset{tap * dilation - padding} {
    first = offset < 0 ? (-offset + stride - 1) / stride : 0;
    end = offset < extent ? std::min(places, (extent - 1 - offset) / stride + 1) : 0;
  }
};

}  // namespace retrograph
