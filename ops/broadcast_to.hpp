#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// x repeated along axes of extent 1, and along new axes before its first, to fill `shape`.
///
/// x        [...], whose extents counted from the last are those of `shape`, or 1
/// returns  shape
///
/// Gradient: upstream summed over the axes that were repeated. Throws ShapeError if x does not fit.
Tensor broadcast_to(const Tensor& x, Shape shape,
                    std::source_location where = std::source_location::current());

}  // namespace retrograph
