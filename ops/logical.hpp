#pragma once

#include <retrograph/ops/operand.hpp>

namespace retrograph {

/// Whether both hold, at least one, exactly one: of each pair, after broadcasting.
///
/// a, b     [...], bool; true or false may stand for one of them
/// returns  [...], the broadcast shape, bool
///
/// Not differentiable. Throws ShapeError if extents differ and neither is 1, TypeError for any other dtype.
Tensor logical_and(Operand a, Operand b);
Tensor logical_or(Operand a, Operand b);
Tensor logical_xor(Operand a, Operand b);

/// Whether x does not hold. x [...], bool. Not differentiable.
Tensor logical_not(const Tensor& x, std::source_location where = std::source_location::current());

// Both operands are always calculated: there is no shortcut as with C++'s own bool.
inline Tensor operator&&(Operand a, Operand b) {
  return logical_and(a, b);
}
inline Tensor operator||(Operand a, Operand b) {
  return logical_or(a, b);
}
Tensor operator!(Operand x);

}  // namespace retrograph
