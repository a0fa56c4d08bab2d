#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// The numbers start, start + step, ... before stop of one axis: NumPy's start:stop:step. A negative start or
/// stop counts from the end; left out, it is the end that `step` comes from or goes to.
struct Range {
  std::optional<std::int64_t> start = std::nullopt, stop = std::nullopt;
  std::int64_t step = 1;

  friend bool operator==(const Range&, const Range&) = default;
};

/// A part of x: a range of each axis.
///
///     y[j_0, j_1, ...] = x[start_0 + j_0 * step_0, start_1 + j_1 * step_1, ...]
///
/// x        [...], of any dtype
/// ranges   of the first axes of x; the others are taken whole
/// returns  as many axes as x. What a range has outside of an extent that is a number is left out, as in
/// NumPy.
///          A symbolic extent must be long enough when it runs, so that the result's extent is known: 0:5 of
///          [batch] is [5], 2: is [batch - 2]
///
/// Gradient: upstream in the places that were taken, 0 elsewhere. Throws ShapeError if a step is 0, if there
/// are more ranges than axes, or if the result's extent cannot be told before the run; FeedError (at run) if
/// a symbolic extent is too short.
Tensor slice(const Tensor& x, const std::vector<Range>& ranges,
             std::source_location where = std::source_location::current());
/// A range of one axis, which may be negative to count from the last.
Tensor slice(const Tensor& x, std::int64_t axis, Range range,
             std::source_location where = std::source_location::current());

}  // namespace retrograph
