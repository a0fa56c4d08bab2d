#pragma once

#include <retrograph/graph/graph.hpp>
#include <retrograph/ops/axes.hpp>

namespace retrograph {

/// The sum over chosen axes.
///
/// x        [...], any dtype but bool
/// returns  x's shape without `axes`, or with extent 1 there
///
/// Gradient: upstream, repeated along `axes`.
Tensor sum(const Tensor& x, const Axes& axes = {}, Keep keep = Keep::no,
           std::source_location where = std::source_location::current());

}  // namespace retrograph
