#pragma once

#include <retrograph/graph/compile/passes.hpp>
#include <retrograph/graph/graph.hpp>

#include <functional>

namespace retrograph {

/// A function made of ops, of as many tensors as it is given.
using TensorFunction = std::function<Tensor(std::span<const Tensor>)>;

struct GradientCheckOptions {
  int order = 1;           // 2: the gradient of the gradient is checked
  double step = 1e-5;      // of the differences, times max(1, |x|)
  double relative = 1e-5;  // both tolerances hold together: |a - n| <= absolute + relative * max(|a|, |n|)
  double absolute = 1e-7;
  std::uint64_t seed = 1;  // of the projection
  Passes passes = {};      // of the compiler
};

/// Compares the gradient of `f` with central differences, number by number.
///
///     p(x) = sum_i r_i f(x)_i
///     (p(x + h e_k) - p(x - h e_k)) / 2h   against   d p / d x_k
///
/// with r random in [0.5, 1.5) and with both signs, so that no symmetry hides an error.
///
/// arguments   those of float64 are differentiated, others are passed on
///
/// Throws GradientError naming the argument, the index and both values at the first that disagree; whatever
/// building, differentiating or running f throws.
void check_gradient(const TensorFunction& f, const std::vector<Array>& arguments,
                    const GradientCheckOptions& options = {});

}  // namespace retrograph
