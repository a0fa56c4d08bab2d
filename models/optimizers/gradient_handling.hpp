#pragma once

#include <retrograph/graph/graph.hpp>

#include <optional>

namespace retrograph {

/// What an optimizer does to the gradients before it follows them, in this order.
struct GradientHandling {
  /// The parameters, and with them all slots of the optimizer, move in every so many-th run alone, by the
  /// mean of the gradients of these runs: batches larger than memory holds at once.
  std::int64_t accumulate = 1;
  std::optional<double> clip_value = {};  // as clip_by_value
  std::optional<double> clip_norm = {};   // as clip_by_global_norm
};

/// Each number x of each gradient becomes the nearest in [-limit, limit]. A NaN stays.
///
/// gradients  [...] each, float32 or float64
/// limit      above 0
///
/// Throws GraphError if the limit is not above 0.
std::vector<Tensor> clip_by_value(std::span<const Tensor> gradients, double limit);

/// All gradients, scaled by one factor so that together they are no longer than `limit`.
///
///     norm = sqrt(sum of the squares of all numbers of all gradients)
///     gradient <- gradient * min(1, limit / norm)
///
/// gradients  [...] each, float32 or float64; the norm is in float64, each gradient's own sum of squares in
///            its dtype
/// limit      above 0
///
/// PyTorch's clip_grad_norm_ adds 1e-6 to the norm; here gradients as long as the limit stay as they are.
/// Where a number is NaN or infinite, so is the norm: infinite ones become NaN, all others 0 or NaN. Source:
/// Pascanu, Mikolov, Bengio: "On the difficulty of training recurrent neural networks", ICML 2013,
/// algorithm 1. Throws GraphError if the limit is not above 0.
std::vector<Tensor> clip_by_global_norm(std::span<const Tensor> gradients, double limit);

/// The norm that clip_by_global_norm compares: [], float64.
Tensor global_norm(std::span<const Tensor> gradients);

}  // namespace retrograph
