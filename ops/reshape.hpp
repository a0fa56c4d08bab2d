#pragma once

#include <retrograph/graph/graph.hpp>
#include <retrograph/ops/axes.hpp>

namespace retrograph {

/// The same numbers, rows first, under another shape. Costs nothing when it runs.
///
/// x        [...], of any dtype
/// shape    one extent may be -1: it becomes what is left
/// returns  shape
///
/// Gradient: upstream, reshaped to x's shape. Throws ShapeError if the counts of numbers differ.
Tensor reshape(const Tensor& x, Shape shape, std::source_location where = std::source_location::current());

/// x with all axes from `first_axis` on made one: [batch, 28, 28] becomes [batch, 784].
///
/// x        [a..., b...], where b... begins at `first_axis`
/// returns  [a..., product of b...]; the product is 1 if b... is empty
///
/// Gradient: upstream, reshaped to x's shape. Throws ShapeError if x has fewer than `first_axis` axes.
Tensor flatten(const Tensor& x, std::int64_t first_axis = 1,
               std::source_location where = std::source_location::current());

/// x with a new axis of extent 1.
///
/// x        [a..., b...]
/// axis     of the result; negative to count from its last
/// returns  [a..., 1, b...]
///
/// Gradient: upstream, reshaped to x's shape. Throws ShapeError if the result has no such axis.
Tensor expand_dims(const Tensor& x, std::int64_t axis,
                   std::source_location where = std::source_location::current());

/// x without axes of extent 1.
///
/// x        [...]
/// axes     to drop; left out, all whose extent is known to be 1
/// returns  x's shape without them
///
/// Gradient: upstream, reshaped to x's shape. Throws ShapeError if an axis to drop has another extent.
Tensor squeeze(const Tensor& x, std::source_location where = std::source_location::current());
Tensor squeeze(const Tensor& x, const Axes& axes,
               std::source_location where = std::source_location::current());

}  // namespace retrograph
