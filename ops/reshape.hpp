#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// The same numbers, rows first, under another shape.
///
/// x        [...]
/// shape    one extent may be -1: it becomes what is left
/// returns  shape
///
/// Gradient: upstream, reshaped to x's shape. Throws ShapeError if the counts of numbers differ.
Tensor reshape(const Tensor& x, Shape shape, std::source_location where = std::source_location::current());

}  // namespace retrograph
