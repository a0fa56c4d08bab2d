#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// x repeated along axes of extent 1, and along new axes before its first, to fill `shape`.
///
///     y[j_0, ..., j_n] = x[k_m, ..., k_n]   with   k_i = 0 where x has extent 1, else j_i
///
/// x        [...], whose extents, counted from the last, are those of `shape` or 1; of any dtype
/// returns  shape
///
/// Gradient: upstream summed over the axes that were repeated. Throws ShapeError if x does not fit.
Tensor broadcast_to(const Tensor& x, Shape shape,
                    std::source_location where = std::source_location::current());

}  // namespace retrograph
