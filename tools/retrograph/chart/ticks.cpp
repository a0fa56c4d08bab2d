#include "ticks.hpp"

#include <algorithm>
#include <cmath>

namespace retrograph::program {
namespace {

/// The least of 1, 2 and 5 times a power of ten that is not below `length`.
double round_step(double length) {
  const auto power = std::pow(10, std::floor(std::log10(length)));
  for (const auto factor : {1.0, 2.0, 5.0})
    if (factor * power >= length * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

}  // namespace

Ticks linear_ticks(double low, double high, int most, double least_step) {
  // Digits that a double does not have cannot be told apart.
  const auto size = std::max(std::abs(low), std::abs(high));
  if (high - low <= 1e-9 * size || high - low < 1e-300) {
    const auto room = size > 1e-290 ? size / 2 : 0.5;
    low -= room;
    high += room;
  }
  const auto step = std::max(least_step, round_step((high - low) / most));
  const auto first = std::floor(low / step + 1e-6), last = std::ceil(high / step - 1e-6);
  Ticks ticks{first * step, last * step, {}};
  for (auto place = first; place <= last; ++place) ticks.marks.push_back(place * step);
  return ticks;
}

Ticks logarithmic_ticks(double low, double high, int most) {
  const auto first = std::floor(std::log10(low) + 1e-6);
  const auto last = std::max(first + 1, std::ceil(std::log10(high) - 1e-6));
  Ticks ticks{std::pow(10, first), std::pow(10, last), {}};
  const auto stride = std::ceil((last - first) / most);
  for (auto power = first; power <= last; power += stride) ticks.marks.push_back(std::pow(10, power));
  return ticks;
}

}  // namespace retrograph::program
