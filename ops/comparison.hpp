#pragma once

#include <retrograph/ops/operand.hpp>

namespace retrograph {

/// Whether a == b, a != b, a < b, a <= b, a > b, a >= b: number by number, after broadcasting.
///
/// a, b     [...], of one dtype; a plain number takes the dtype of the other
/// returns  [...], the broadcast shape, bool; with a NaN, `not_equal` alone is true
///
/// Not differentiable. Throws ShapeError if extents differ and neither is 1, TypeError if dtypes differ.
Tensor equal(Operand a, Operand b);
Tensor not_equal(Operand a, Operand b);
Tensor less(Operand a, Operand b);
Tensor less_equal(Operand a, Operand b);
Tensor greater(Operand a, Operand b);
Tensor greater_equal(Operand a, Operand b);

// The operators make nodes too: whether two handles mean the same tensor is `a.is(b)`.
inline Tensor operator==(Operand a, Operand b) {
  return equal(a, b);
}
inline Tensor operator!=(Operand a, Operand b) {
  return not_equal(a, b);
}
inline Tensor operator<(Operand a, Operand b) {
  return less(a, b);
}
inline Tensor operator<=(Operand a, Operand b) {
  return less_equal(a, b);
}
inline Tensor operator>(Operand a, Operand b) {
  return greater(a, b);
}
inline Tensor operator>=(Operand a, Operand b) {
  return greater_equal(a, b);
}

}  // namespace retrograph
