#pragma once

#include <retrograph/graph/graph.hpp>
#include <retrograph/ops/axes.hpp>

namespace retrograph {

/// The product over chosen axes.
///
///     y = prod_i x_i
///
/// x        [...], any dtype but bool; integers wrap around
/// returns  x's shape without `axes`, or with extent 1 there; 1 where there is nothing to multiply
///
/// Gradient: upstream * prod_{j != i} x_j, never by division: right with any number of zeros in x, and so are
/// higher derivatives. Throws ShapeError for an axis that x does not have.
Tensor prod(const Tensor& x, const Axes& axes = {}, Keep keep = Keep::no,
            std::source_location where = std::source_location::current());

}  // namespace retrograph
