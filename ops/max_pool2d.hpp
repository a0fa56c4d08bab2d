#pragma once

#include <retrograph/graph/graph.hpp>
#include <retrograph/ops/pool2d_window.hpp>

namespace retrograph {

struct MaxPool2dOptions {
  HeightWidth stride = side_by_side;  // from one window to the next
  HeightWidth padding = 0;            // rows and columns around the image that are smaller than any number
};

/// The largest number in each window of an image.
///
///     y[n, c, i, j] = max_{a, b} x[n, c, i stride + a - padding, j stride + b - padding]
///
/// x        [batch, channels, height, width], float32 or float64; height and width are numbers
/// window   its height and width
/// returns  [batch, channels, out_height, out_width], with
///          out = floor((extent + 2 padding - window) / stride) + 1
///
/// A NaN is larger than any number. Gradient: each upstream number goes to the place of the largest number of
/// its window, the first of equal ones, rows first; where windows overlap, they add up.
/// Throws ShapeError if the extents do not fit or the padding is more than half of the window, TypeError for
/// other dtypes. Source: Scherer, Müller and Behnke, "Evaluation of pooling operations in convolutional
/// architectures for object recognition", ICANN 2010.
Tensor max_pool2d(const Tensor& x, HeightWidth window, const MaxPool2dOptions& options = {},
                  std::source_location where = std::source_location::current());

}  // namespace retrograph
