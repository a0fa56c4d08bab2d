#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

struct BatchNormOptions {
  double epsilon = 1e-5;  // keeps a channel whose numbers are all alike from being divided by 0
};

/// Each channel of a batch brought to mean 0 and variance 1, then scaled and shifted: for training.
///
///     y = (x - mean) / sqrt(variance + epsilon) * scale + shift
///
/// with mean and variance (of the whole, not of a sample) of each channel, over all axes but that.
///
/// x             [batch, channels, ...], float32 or float64
/// scale, shift  [channels]
/// returns       x's shape
///
/// Gradient: by its parts, through mean and variance too. Throws ShapeError if x has no channels or scale and
/// shift are not of them, TypeError if the dtypes differ or are no floats, GraphError unless epsilon >= 0.
/// Source: Ioffe and Szegedy, "Batch normalization: accelerating deep network training by reducing internal
/// covariate shift", ICML 2015, algorithm 1.
Tensor batch_norm(const Tensor& x, const Tensor& scale, const Tensor& shift,
                  const BatchNormOptions& options = {},
                  std::source_location where = std::source_location::current());

/// Likewise with mean and variance [channels] that are given, such as running ones: for use after the
/// training, where an image must not depend on those beside it. Algorithm 2 of the same paper.
Tensor batch_norm(const Tensor& x, const Tensor& scale, const Tensor& shift, const Tensor& mean,
                  const Tensor& variance, const BatchNormOptions& options = {},
                  std::source_location where = std::source_location::current());

/// The axes of x over which batch_norm takes mean and variance: all but the second.
std::vector<std::int64_t> batch_norm_axes(const Tensor& x);

}  // namespace retrograph
