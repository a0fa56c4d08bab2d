#pragma once

#include <retrograph/ops/kernels/reduction_loop.hpp>
#include <retrograph/ops/kernels/wrapping.hpp>

namespace retrograph {

/// Adds numbers up; integers wrap around.
struct SumFold : PlainFold {
  template <class T>
  static T join(T a, T b) {
    return wrapping_add(a, b);
  }
  template <class T>
  static T nothing() {
    return T{0};
  }
};

}  // namespace retrograph
