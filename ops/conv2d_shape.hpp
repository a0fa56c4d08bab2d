#pragma once

#include <retrograph/graph/shape.hpp>
#include <retrograph/ops/kernels/conv2d_kernel.hpp>

namespace retrograph {

/// The convolution of images by a weight. Throws ShapeError if they do not fit. A batch that is a symbol
/// counts as 0.
Convolution convolution_of(const Shape& x, const Shape& weight, const Conv2dOptions& options);

/// Likewise, given the upstream gradient of the result in place of the images or of the weight.
Convolution convolution_by_image(const Shape& weight, const Shape& upstream, HeightWidth image,
                                 const Conv2dOptions& options);
Convolution convolution_by_kernel(const Shape& x, const Shape& upstream, HeightWidth kernel,
                                  const Conv2dOptions& options);

/// What is not usual of the options, with a comma before each: ", stride=2x2, groups=3".
std::string to_string(const Conv2dOptions& options);

/// The number of places of a window that slides over an image, along one axis. `axis` names it in messages.
/// Throws ShapeError if there is none.
std::int64_t window_places(std::int64_t extent, std::int64_t window, std::int64_t stride,
                           std::int64_t padding, std::int64_t dilation, std::string_view axis);

/// The extents of images [batch, channels, height, width] but the batch. Throws ShapeError if one is a symbol
/// or 0, or there are not four axes; `operand` names the images in messages.
struct ImageExtents {
  std::int64_t channels;
  HeightWidth extents;
};
ImageExtents image_extents(const Shape& images, std::string_view operand);

/// Throws ShapeError if a number of `pair` is below `least` or absurdly large; `what` names it in messages.
void require_at_least(std::int64_t least, const HeightWidth& pair, std::string_view what);

}  // namespace retrograph
