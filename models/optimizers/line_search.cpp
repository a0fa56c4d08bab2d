#include <retrograph/models/optimizers/line_search.hpp>

#include <algorithm>
#include <cmath>

namespace retrograph {
namespace {

/// The minimum of the cubic through two points with their slopes; NaN if there is none.
double cubic_minimum(const LinePoint& a, const LinePoint& b) {
  const double d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step);
  const double d2 = std::copysign(std::sqrt(d1 * d1 - a.slope * b.slope), b.step - a.step);
  return b.step - (b.step - a.step) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
}

/// A step between two points, not too near to either.
double between(const LinePoint& a, const LinePoint& b) {
  const double cubic = cubic_minimum(a, b), width = std::abs(b.step - a.step);
  if (!std::isfinite(cubic)) return (a.step + b.step) / 2;
  const double low = std::min(a.step, b.step);
  return std::clamp(cubic, low + 0.1 * width, low + 0.9 * width);
}

class StrongWolfe {
 public:
  StrongWolfe(const std::function<LinePoint(double)>& at, const LinePoint& start, const WolfeOptions& options)
      : at_{at}, start_{start}, options_{options} {}

  /// Algorithm 3.5: further and further, until a step that is good lies behind.
  std::optional<LinePoint> search(double step) {
    auto previous = start_;
    for (; left_ > 0; step *= 2) {
      const auto point = look_at(step);
      if (is_too_high(point) || point.value >= previous.value) return zoom(previous, point);
      if (is_flat(point)) return point;
      if (point.slope >= 0) return zoom(point, previous);
      previous = point;
    }
    return previous;
  }

 private:
  /// Algorithm 3.6: a good step lies between the two, of which `low` has the lower value.
  std::optional<LinePoint> zoom(LinePoint low, LinePoint high) {
    while (left_ > 0 && low.step != high.step) {
      const auto point = look_at(between(low, high));
      if (is_too_high(point) || point.value >= low.value) {
        high = point;
        continue;
      }
      if (is_flat(point)) return point;
      if (point.slope * (high.step - low.step) >= 0) high = low;
      low = point;
    }
    return low.step > 0 ? std::optional{low} : std::nullopt;
  }

  LinePoint look_at(double step) {
    --left_;
    return at_(step);
  }
  bool is_too_high(const LinePoint& point) const {
    return !(point.value <= start_.value + options_.decrease * point.step * start_.slope);
  }
  bool is_flat(const LinePoint& point) const {
    return std::abs(point.slope) <= -options_.curvature * start_.slope;
  }

  const std::function<LinePoint(double)>& at_;
  LinePoint start_;
  WolfeOptions options_;
  int left_ = options_.evaluations;
};

}  // namespace

std::optional<LinePoint> strong_wolfe(const std::function<LinePoint(double step)>& at, const LinePoint& start,
                                      double first_step, const WolfeOptions& options) {
  return StrongWolfe{at, start, options}.search(first_step);
}

}  // namespace retrograph
