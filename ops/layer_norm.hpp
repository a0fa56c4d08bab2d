#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

struct LayerNormOptions {
  double epsilon = 1e-5;  // keeps numbers that are all alike from being divided by 0
};

/// Each row brought to mean 0 and variance 1, then scaled and shifted.
///
///     y = (x - mean) / sqrt(variance + epsilon) * scale + shift
///
/// with mean and variance (of the whole, not of a sample) over the last axes, as many as `scale` has.
///
/// x             [..., features...], float32 or float64
/// scale, shift  [features...], the extents of x's last axes; at least one
/// returns       x's shape
///
/// The same in training and in use: no row sees another. Gradient: by its parts. Throws ShapeError if scale
/// and shift do not have the last extents of x, TypeError if the dtypes differ or are no floats, GraphError
/// unless epsilon >= 0. Source: Ba, Kiros and Hinton, "Layer normalization", arXiv 1607.06450 (2016),
/// equations 3 and 4, with PyTorch's epsilon.
Tensor layer_norm(const Tensor& x, const Tensor& scale, const Tensor& shift,
                  const LayerNormOptions& options = {},
                  std::source_location where = std::source_location::current());

}  // namespace retrograph
