#pragma once

#include <retrograph/graph/kernel.hpp>
#include <retrograph/ops/conv2d.hpp>

#include <memory>

namespace retrograph {

/// y = conv2d(x, weight), all extents known. No extent but the batch is 0.
struct Convolution {
  std::int64_t batch, channels, filters;
  HeightWidth image, kernel, result;
  Conv2dOptions options;
  bool bias = false;  // a third operand

  std::int64_t group_channels() const { return channels / options.groups; }
  std::int64_t group_filters() const { return filters / options.groups; }

  Extents x() const { return {batch, channels, image.height, image.width}; }
  Extents weight() const { return {filters, group_channels(), kernel.height, kernel.width}; }
  Extents y() const { return {batch, filters, result.height, result.width}; }
};

/// Work of each of the three kernels, in the units of Op::cost.
double cost(const Convolution& convolution);

// Each gives the same bits for any number of threads.

/// Of x, weight and, if there is one, a bias: y.
template <std::floating_point T>
std::unique_ptr<Kernel> prepare_conv2d(const Convolution& convolution);

/// Of weight and the gradient of y: the gradient of x.
template <std::floating_point T>
std::unique_ptr<Kernel> prepare_conv2d_input_gradient(const Convolution& convolution);

/// Of x and the gradient of y: the gradient of the weight.
template <std::floating_point T>
std::unique_ptr<Kernel> prepare_conv2d_weight_gradient(const Convolution& convolution);

}  // namespace retrograph
