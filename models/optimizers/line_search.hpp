#pragma once

#include <functional>
#include <optional>

namespace retrograph {

/// A function along a line: its value and slope where it has been looked at.
struct LinePoint {
  double step = 0;
  double value = 0;
  double slope = 0;
};

struct WolfeOptions {
  double decrease = 1e-4;  // c1
  double curvature = 0.9;  // c2
  int evaluations = 25;    // at most
};

/// A step that lowers the value enough and leaves the line flat enough: the strong Wolfe conditions
///
///     value(step) <= value(0) + decrease * step * slope(0)
///     |slope(step)| <= curvature * |slope(0)|
///
/// at       looks at the function; a value that is not finite is taken for a step too far
/// start    of step 0, with a slope below 0
/// returns  a step that meets both; if evaluations run out first, the best that meets the former; nothing if
///          none does
///
/// Source: Nocedal, Wright: "Numerical optimization", 2nd edition, 2006, algorithms 3.5 and 3.6, with the
/// cubic interpolation of equation 3.59 kept within the middle four fifths of the interval.
std::optional<LinePoint> strong_wolfe(const std::function<LinePoint(double step)>& at, const LinePoint& start,
                                      double first_step, const WolfeOptions& options = {});

}  // namespace retrograph
