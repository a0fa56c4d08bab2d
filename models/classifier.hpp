#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// A net that tells classes apart, and the tensors that training and evaluation ask for.
struct Classifier {
  Input images;    // [batch, ...]
  Input labels;    // [batch], int32, in [0, classes)
  Tensor logits;   // [batch, classes]
  Tensor loss;     // [], mean cross-entropy over the batch, in nats
  Tensor correct;  // [], int64: the rows whose largest logit is the labelled class; the first of equal ones
  Updates running = {};  // of running statistics: to be run along with those of an optimizer, as `fit` does
};

/// Completes a net: `loss` is the mean of softmax_cross_entropy, `accuracy/correct` a count.
///
/// images   [batch, ...]
/// labels   [batch], int32
/// logits   [batch, classes], float32 or float64, `classes` a number
///
/// Throws ShapeError if the shapes do not fit, GraphError if the graph has a loss already.
Classifier classifier(const Input& images, const Input& labels, const Tensor& logits,
                      std::source_location where = std::source_location::current());

/// How many rows have their largest score at the labelled class, the first of equal ones counting:
/// [], int64, named `accuracy/correct`.
///
/// scores   [batch, classes], such as logits or probabilities
/// labels   [batch], int32 or int64
Tensor count_correct(const Tensor& scores, const Tensor& labels,
                     std::source_location where = std::source_location::current());

}  // namespace retrograph
