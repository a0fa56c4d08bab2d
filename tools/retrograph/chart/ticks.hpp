#pragma once

#include <vector>

namespace retrograph::program {

/// Where the axis of a chart begins and ends, and its marks between: at multiples of 1, 2 or 5 times a power
/// of ten, or on a logarithmic axis at powers of ten.
struct Ticks {
  double low = 0, high = 1;
  std::vector<double> marks;
};

/// An axis that ends at marks, about `most` of them at most. `least_step` keeps the marks of whole numbers
/// whole. Both ends are finite and low is not above high.
Ticks linear_ticks(double low, double high, int most, double least_step = 0);

/// Likewise for 0 < low <= high.
Ticks logarithmic_ticks(double low, double high, int most);

}  // namespace retrograph::program
