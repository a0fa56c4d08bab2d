#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// Shares of 1 in the ratios of exp(logits), along one axis.
///
///     a_k = exp(logits_k) / sum_i exp(logits_i)
///
/// logits   [..., classes, ...], finite; float32 or float64
/// axis     which axis is `classes`; a negative one counts from the last
/// returns  the shape of logits, each in [0, 1]; no logits, however large, overflow. A row with NaN or
///          infinity is NaN throughout; -infinity beside a finite number gets 0.
///
/// Gradient: a * (upstream - sum(upstream * a)), the sum along `axis`.
/// Throws ShapeError if there is no such axis, TypeError for integers.
Tensor softmax(const Tensor& logits, std::int64_t axis = -1,
               std::source_location where = std::source_location::current());

/// The logarithm of softmax, exact also where softmax itself is rounded to 0 or to 1.
///
///     y_k = logits_k - log(sum_i exp(logits_i))
///
/// logits, axis  as for softmax
/// returns       the shape of logits, each at most 0
///
/// Gradient: upstream - softmax(logits) * sum(upstream), the sum along `axis`. Throws as softmax does.
Tensor log_softmax(const Tensor& logits, std::int64_t axis = -1,
                   std::source_location where = std::source_location::current());

}  // namespace retrograph
