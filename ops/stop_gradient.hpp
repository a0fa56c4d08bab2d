#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// The same numbers, taken for constants when a gradient is asked for. x [...], any dtype.
///
/// Not differentiable: a gradient that has no other way to go is refused with a message that names this node.
Tensor stop_gradient(const Tensor& x, std::source_location where = std::source_location::current());

}  // namespace retrograph
