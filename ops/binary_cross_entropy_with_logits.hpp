#pragma once

#include <retrograph/ops/loss_reduction.hpp>

#include <optional>

namespace retrograph {

struct BinaryCrossEntropyOptions {
  /// Of any shape that broadcasts to that of the logits, and their dtype: the loss of the target 1 is
  /// multiplied by it. Above 1 it makes up for targets of 1 that are rare.
  std::optional<Tensor> pos_weight = {};
  LossReduction reduction = LossReduction::none;
};

/// Cross-entropy of sigmoid(logits) against targets that are 0 or 1, or between: each number by itself, in
/// nats.
///
///     loss_i = -(p_i y_i log(s_i) + (1 - y_i) log(1 - s_i))      s = sigmoid(logits), p = pos_weight or 1
///
/// logits   [...], finite; float32 or float64
/// targets  y, of the shape and dtype of the logits, in [0, 1]
/// returns  the shape of logits, or [] with a reduction; neither overflows nor loses digits for large logits
///
/// Gradients: s - y times upstream, with a weight ((1 - y) s - p y (1 - s)); of targets, log(1 - s) - p
/// log(s); of weights, -y log(s), summed to their shape. Throws ShapeError if targets have another shape or
/// the weights do not broadcast, TypeError if dtypes differ; FeedError (at run) for a target outside of [0,
/// 1], naming its place.
Tensor binary_cross_entropy_with_logits(const Tensor& logits, const Tensor& targets,
                                        const BinaryCrossEntropyOptions& options = {},
                                        std::source_location where = std::source_location::current());

}  // namespace retrograph
