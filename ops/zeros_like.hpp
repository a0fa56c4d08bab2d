#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// Zeros of the shape and dtype of x, any dtype: the gradient of what is constant almost everywhere.
Tensor zeros_like(const Tensor& x, std::source_location where = std::source_location::current());

}  // namespace retrograph
