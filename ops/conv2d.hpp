#pragma once

#include <retrograph/graph/graph.hpp>
#include <retrograph/ops/height_width.hpp>

namespace retrograph {

/// How a kernel is laid over an image, along height and width; one number stands for both: `{.padding = 2}`.
struct Conv2dOptions {
  HeightWidth stride = 1;    // from one place of the kernel to the next
  HeightWidth padding = 0;   // rows and columns of zeros around the image, on each side
  HeightWidth dilation = 1;  // from one number of the image under the kernel to the next
  std::int64_t groups = 1;   // the channels, and the filters, in so many parts that do not see one another
  friend bool operator==(const Conv2dOptions&, const Conv2dOptions&) = default;
};

/// Slides kernels over images (a cross-correlation, as nets have it: the kernel is not turned around).
///
///     y[n, f, i, j] = bias_f + sum_{c, a, b} x[n, first_f + c, i stride + a dilation - padding,
///                                              j stride + b dilation - padding] weight[f, c, a, b]
///
/// with x = 0 outside the image, c in [0, channels / groups), a and b over the kernel, and first_f the first
/// channel of the group of filter f.
///
/// x        [batch, channels, height, width], float32 or float64; all but the batch are numbers
/// weight   [filters, channels / groups, kernel_height, kernel_width]
/// bias     [filters]
/// returns  [batch, filters, out_height, out_width], with
///          out = floor((extent + 2 padding - dilation (kernel - 1) - 1) / stride) + 1
///
/// Gradients: conv2d_input_gradient, conv2d_weight_gradient, and upstream summed over all but the filters.
/// Throws ShapeError if an extent does not fit, is a symbol, or the kernel is larger than the padded image;
/// TypeError if the dtypes differ or are no floats. Source: Dumoulin and Visin, "A guide to convolution
/// arithmetic for deep learning", arXiv 1603.07285 (2016), sections 2.4 and 5.1.
Tensor conv2d(const Tensor& x, const Tensor& weight, const Conv2dOptions& options = {},
              std::source_location where = std::source_location::current());
Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv2dOptions& options = {},
              std::source_location where = std::source_location::current());

/// The gradient of conv2d by its images, also known as the transposed convolution.
///
///     y[n, c, h, w] = sum of weight[f, c', a, b] upstream[n, f, i, j] over all f, a, b, i, j
///                     with h = i stride + a dilation - padding, w = j stride + b dilation - padding
///
/// where c is channel c' of the group of filter f.
///
/// weight   [filters, channels / groups, kernel_height, kernel_width]
/// upstream [batch, filters, out_height, out_width], as conv2d of such images gives them
/// extents  height and width of the images
/// returns  [batch, channels, height, width]
///
/// It is linear in both operands. Gradients, for an arriving g: conv2d_weight_gradient(g, upstream) and
/// conv2d(g, weight). Throws as conv2d does.
Tensor conv2d_input_gradient(const Tensor& weight, const Tensor& upstream, HeightWidth extents,
                             const Conv2dOptions& options = {},
                             std::source_location where = std::source_location::current());

/// The gradient of conv2d by its weight.
///
///     y[f, c, a, b] = sum_{n, i, j} upstream[n, f, i, j] x[n, first_f + c, i stride + a dilation - padding,
///                                                          j stride + b dilation - padding]
///
/// x        [batch, channels, height, width]
/// upstream [batch, filters, out_height, out_width], as conv2d of x gives them
/// kernel   kernel_height and kernel_width
/// returns  [filters, channels / groups, kernel_height, kernel_width]
///
/// It is linear in both operands. Gradients, for an arriving g: conv2d_input_gradient(g, upstream) and
/// conv2d(x, g). Throws as conv2d does.
Tensor conv2d_weight_gradient(const Tensor& x, const Tensor& upstream, HeightWidth kernel,
                              const Conv2dOptions& options = {},
                              std::source_location where = std::source_location::current());

}  // namespace retrograph
