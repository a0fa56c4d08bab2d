#pragma once

#include <retrograph/ops/operand.hpp>

namespace retrograph {

/// -x, each number by itself. x [...], any dtype but bool and uint8; the smallest integer stays as it is.
/// Gradient: -upstream.
Tensor neg(const Tensor& x, std::source_location where = std::source_location::current());

/// a + b, a - b, a * b, a / b, number by number, after broadcasting (see broadcast.hpp).
///
/// a, b     [...], of one dtype, not bool; a plain number takes the dtype of the other
/// returns  [...], the broadcast shape, same dtype; integers divide towards zero, and wrap, modulo 2^bits
///
/// Gradients, each summed to its operand's shape: (1, 1), (1, -1), (b, a), (1 / b, -(a / b) / b), times
/// upstream. Throws ShapeError if extents differ and neither is 1, TypeError if dtypes differ; FeedError (at
/// run) for an integer divided by zero, and for the smallest one divided by -1.
Tensor add(Operand a, Operand b);
Tensor subtract(Operand a, Operand b);
Tensor multiply(Operand a, Operand b);
Tensor divide(Operand a, Operand b);

Tensor operator-(Operand x);
inline Tensor operator+(Operand a, Operand b) {
  return add(a, b);
}
inline Tensor operator-(Operand a, Operand b) {
  return subtract(a, b);
}
inline Tensor operator*(Operand a, Operand b) {
  return multiply(a, b);
}
inline Tensor operator/(Operand a, Operand b) {
  return divide(a, b);
}

}  // namespace retrograph
