#pragma once

#include <retrograph/models/layers/linear.hpp>
#include <retrograph/ops/conv2d.hpp>

namespace retrograph {

struct Conv2dLayerOptions {
  HeightWidth stride = 1, padding = 0, dilation = 1;  // as Conv2dOptions has them
  std::int64_t groups = 1;
  Initializer weight = he_uniform();
  std::optional<Initializer> bias = zeros();  // or no_bias
};

/// A convolution with parameters of its own.
///
///     y = conv2d(x, weight, bias)
///
/// x        [batch, channels, height, width], float32 or float64; all but the batch are numbers
/// filters  how many channels the layer makes
/// kernel   height and width of the kernels
/// name     a scope of the graph; in it the layer makes the parameters `weight` [filters, channels / groups,
///          kernel_height, kernel_width] and `bias` [filters], of x's dtype
/// returns  [batch, filters, out_height, out_width], as the op conv2d says
///
/// Throws as the op does; TypeError if x is no float, GraphError if the graph has a layer of that name in the
/// scope that is open.
Tensor conv2d(const Tensor& x, std::int64_t filters, HeightWidth kernel, std::string_view name,
              const Conv2dLayerOptions& options = {},
              std::source_location where = std::source_location::current());

}  // namespace retrograph
