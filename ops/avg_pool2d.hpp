#pragma once

#include <retrograph/graph/graph.hpp>
#include <retrograph/ops/pool2d_window.hpp>

namespace retrograph {

struct AvgPool2dOptions {
  HeightWidth stride = side_by_side;  // from one window to the next
  HeightWidth padding = 0;            // rows and columns of zeros around the image
  bool count_padding = true;          // those zeros are numbers too; if not, others alone make the mean
};

/// The mean of the numbers in each window of an image.
///
///     y[n, c, i, j] = 1 / count_ij sum_{a, b} x[n, c, i stride + a - padding, j stride + b - padding]
///
/// with count_ij = window_height window_width, or, without `count_padding`, how many of these are inside.
///
/// x        [batch, channels, height, width], float32 or float64; height and width are numbers
/// window   its height and width
/// returns  [batch, channels, out_height, out_width], with
///          out = floor((extent + 2 padding - window) / stride) + 1
///
/// Gradient: each upstream number over its count, to all numbers of its window; where windows overlap, they
/// add up. Throws as max_pool2d does. Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning
/// applied to document recognition", Proceedings of the IEEE 86 (1998), section II.B (without its
/// coefficients).
Tensor avg_pool2d(const Tensor& x, HeightWidth window, const AvgPool2dOptions& options = {},
                  std::source_location where = std::source_location::current());

}  // namespace retrograph
