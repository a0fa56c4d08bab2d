#pragma once

#include <retrograph/ops/kernels/conv2d_kernel.hpp>

namespace retrograph {

// Ways to compute the three products of a convolution, of which conv2d_kernel.cpp chooses one.

/// Which of the three: y of x and weight, x's gradient of weight and y's, or weight's of x and y's.
enum class ConvolutionOf { forward, input_gradient, weight_gradient };

/// Loops that do what the formulas say: for what the others do not take, and to test them against.
template <std::floating_point T>
std::unique_ptr<Kernel> plain_convolution(ConvolutionOf product, const Convolution& convolution);

}  // namespace retrograph
