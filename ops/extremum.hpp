#pragma once

#include <retrograph/graph/dtype.hpp>

namespace retrograph {

template <Element T>
bool is_nan(T x) {
  if constexpr (std::floating_point<T>)
    return x != x;
  else
    return false;
}

/// Whether a candidate takes the place of the best so far. NaN does, so that it is not lost.
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

}  // namespace retrograph
