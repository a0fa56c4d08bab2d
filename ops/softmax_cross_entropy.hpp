#pragma once

#include <retrograph/ops/loss_reduction.hpp>

#include <optional>

namespace retrograph {

struct SoftmaxCrossEntropyOptions {
  /// [classes], of the dtype of the logits: each class's loss is multiplied by its weight.
  std::optional<Tensor> class_weights = {};
  /// Rows with this label have no loss and no gradient. For class indices alone.
  std::optional<std::int64_t> ignore_index = {};
  /// e in [0, 1]: the labelled distribution y becomes (1 - e) y + e / classes. Source: Szegedy and others,
  /// "Rethinking the Inception Architecture for Computer Vision", CVPR 2016, section 7.
  double label_smoothing = 0;
  /// `mean` divides by the number of rows; with class indices, by the sum of the weights of their classes, an
  /// ignored row counting nothing.
  LossReduction reduction = LossReduction::none;
};

/// Cross-entropy of softmax(logits) against the labelled class, one value a row, in nats.
///
///     loss_i = log(sum_k exp(logits_ik)) - logits_i,labels_i
///
/// logits  [batch, classes], finite; float32 or float64. Any axes may stand in place of `batch`, or none
/// labels  [batch], int32 or int64 in [0, classes), or ignore_index; or rows of probabilities,
///         [batch, classes], of the dtype of the logits: each at least 0, each row adding up to 1 within
///         1e-5. Their loss is -sum_k labels_ik log(a_ik)
/// returns [batch]; an ignored row is 0. `.result(1)` of it is a = softmax(logits), [batch, classes].
///         With a reduction: [], made of that by further nodes
///
/// Gradient: d loss_i / d logits_i = a_i - y_i, with a = softmax(logits) and y the one-hot label or the row
/// of probabilities; with class weights w, a_i sum_k(w_k y_ik) - w y_i. Of probabilities y: -w log(a). Where
/// a is used by itself: as for softmax. Throws ShapeError if labels or class weights have another shape,
/// TypeError for another dtype, GraphError for options that do not fit; FeedError (at run) for a label out of
/// range or a row of no probabilities, naming the row.
Tensor softmax_cross_entropy(const Tensor& logits, const Tensor& labels,
                             const SoftmaxCrossEntropyOptions& options = {},
                             std::source_location where = std::source_location::current());

}  // namespace retrograph
