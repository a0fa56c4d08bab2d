#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// How many numbers are added at either end of an axis.
struct Padding {
  std::int64_t before = 0, after = 0;

  friend bool operator==(const Padding&, const Padding&) = default;
};

/// x with a constant around it.
///
/// x         [...], of any dtype
/// paddings  of each axis of x
/// returns   extent + before + after on each axis
///
/// Gradient: the part of upstream where x lies. Throws ShapeError unless each axis has a padding, not below
/// 0; TypeError if x's dtype cannot hold the value.
Tensor pad(const Tensor& x, const std::vector<Padding>& paddings, double value = 0,
           std::source_location where = std::source_location::current());

}  // namespace retrograph
