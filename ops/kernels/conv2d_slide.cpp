#include <retrograph/ops/kernels/conv2d_slide.hpp>

#include <algorithm>

namespace retrograph {
namespace {

std::int64_t floor_divide(std::int64_t number, std::int64_t divisor) {
  return number >= 0 ? number / divisor : -((-number + divisor - 1) / divisor);
}

}  // namespace

/// Row i of the result meets row i stride + a dilation - padding of the image. Zeros beside the image spare a
/// question at each place; rows that are not there are left out.
Slide forward_slide(const Convolution& c) {
  const auto& [stride, padding, dilation, groups] = c.options;
  const auto columns = std::max(padding.width + c.image.width, (c.result.width - 1) * stride.width +
                                                                   (c.kernel.width - 1) * dilation.width + 1);
  Slide slide{{c.image, 0, padding.width, c.image.height, columns},
              c.result,
              stride.width,
              1,
              groups,
              c.group_channels(),
              c.group_filters(),
              c.kernel.height * c.kernel.width,
              {}};
  for (std::int64_t i = 0; i < c.result.height; ++i) {
    auto& stretch = slide.stretches.emplace_back(Stretch{i * c.result.width, c.result.width, {}});
    for (std::int64_t a = 0; a < c.kernel.height; ++a) {
      const auto row = i * stride.height + a * dilation.height - padding.height;
      if (row < 0 || row >= c.image.height) continue;
      for (std::int64_t b = 0; b < c.kernel.width; ++b)
        stretch.taps.push_back({row * columns + b * dilation.width, a * c.kernel.width + b});
    }
  }
  return slide;
}

/// Number h of the image meets places i of the result with i stride = h + padding - a dilation: of a row,
/// every stride-th number has the same taps.
Slide backward_slide(const Convolution& c) {
  const auto& [stride, padding, dilation, groups] = c.options;
  const auto left = std::max<std::int64_t>(
      0, -floor_divide(padding.width - (c.kernel.width - 1) * dilation.width, stride.width));
  const auto last = (c.image.width - 1 + padding.width) / stride.width;
  const auto columns = left + std::max(c.result.width, last + 1);
  Slide slide{{c.result, 0, left, c.result.height, columns},
              c.image,
              1,
              stride.width,
              groups,
              c.group_filters(),
              c.group_channels(),
              c.kernel.height * c.kernel.width,
              {}};
  for (std::int64_t h = 0; h < c.image.height; ++h)
    for (std::int64_t w = 0; w < std::min(stride.width, c.image.width); ++w) {
      const auto count = (c.image.width - w + stride.width - 1) / stride.width;
      auto& stretch = slide.stretches.emplace_back(Stretch{h * c.image.width + w, count, {}});
      for (std::int64_t a = 0; a < c.kernel.height; ++a) {
        const auto row = h + padding.height - a * dilation.height;
        if (row < 0 || row % stride.height != 0 || row / stride.height >= c.result.height) continue;
        for (std::int64_t b = 0; b < c.kernel.width; ++b) {
          const auto column = w + padding.width - b * dilation.width;
          if (column % stride.width != 0) continue;
          stretch.taps.push_back(
              {row / stride.height * columns + left + column / stride.width, a * c.kernel.width + b});
        }
      }
    }
  return slide;
}

}  // namespace retrograph
