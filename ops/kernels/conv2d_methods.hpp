#pragma once

#include <retrograph/ops/kernels/conv2d_kernel.hpp>

namespace retrograph {

// Ways to compute the three products of a convolution, of which conv2d_kernel.cpp chooses one.

/// Which of the three: y of x and weight, x's gradient of weight and y's, or weight's of x and y's.
enum class ConvolutionOf { forward, input_gradient, weight_gradient };

/// Loops that do what the formulas say: for what the others do not take, and to test them against.
template <std::floating_point T>
std::unique_ptr<Kernel> plain_convolution(ConvolutionOf product, const Convolution& convolution);

/// With each image in a lane of vectors of its own, so that no extent, stride, padding or number of channels
/// is bad for vectors; numbers must be moved there and back, and an image must fit the cache many times over.
template <std::floating_point T>
std::unique_ptr<Kernel> convolution_in_lanes(ConvolutionOf product, const Convolution& convolution);

/// Whether that is worth it: lanes are not left empty, and memory is not exceeded.
template <std::floating_point T>
bool suits_lanes(ConvolutionOf product, const Convolution& convolution);

/// oneDNN's convolutions, each of some images on the thread that calls it; in blocked layouts of its own, so
/// that numbers must be moved there and back.
std::unique_ptr<Kernel> convolution_of_library(ConvolutionOf product, const Convolution& convolution);

/// Whether there is enough to do for what the library does before it computes.
bool suits_library(const Convolution& convolution);

}  // namespace retrograph
