#pragma once

#include <retrograph/ops/reduction_loop.hpp>

namespace retrograph {

/// Adds numbers up; integers wrap around.
struct SumFold {
  static constexpr bool centred = false;
  template <class T>
  static T take(T x, T) {
    return x;
  }
  template <class T>
  static T join(T a, T b) {
    if constexpr (std::integral<T>) {
      using Unsigned = std::make_unsigned_t<T>;  // whose overflow is defined
      return static_cast<T>(static_cast<Unsigned>(a) + static_cast<Unsigned>(b));
    } else {
      return a + b;
    }
  }
  template <class T>
  static T nothing() {
    return T{0};
  }
};

}  // namespace retrograph
