#pragma once

#include <retrograph/ops/kernels/reduction_loop.hpp>

namespace retrograph {

template <Element T>
bool is_nan(T x) {
  if constexpr (std::floating_point<T>)
    return x != x;
  else
    return false;
}

// Whether a candidate takes the place of the best so far. NaN does, so that it is not lost, and nothing but
// NaN takes its place.

struct Largest {
  static constexpr std::string_view name = "max", place_name = "argmax";
  template <Element T>
  static bool replaces(T best, T candidate) {
    return candidate > best || is_nan(candidate);
  }
};
struct Smallest {
  static constexpr std::string_view name = "min", place_name = "argmin";
  template <Element T>
  static bool replaces(T best, T candidate) {
    return candidate < best || is_nan(candidate);
  }
};

/// Joins numbers to the best of them.
template <class Order>
struct ExtremumFold : PlainFold {
  template <class T>
  static T join(T a, T b) {
    return Order::replaces(a, b) ? b : a;
  }
};

}  // namespace retrograph
