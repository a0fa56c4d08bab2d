#pragma once

#include <retrograph/ops/operand.hpp>

namespace retrograph {

/// The larger, the smaller of a and b: number by number, after broadcasting. A NaN in either is handed on.
///
/// a, b     [...], of one dtype, not bool; a plain number takes the dtype of the other
/// returns  [...], the broadcast shape, same dtype
///
/// Gradient: upstream for the one that was chosen, 0 for the other, half of it for each where they are equal;
/// summed to the operand's shape. Throws ShapeError if extents differ and neither is 1, TypeError if dtypes
/// differ.
Tensor maximum(Operand a, Operand b);
Tensor minimum(Operand a, Operand b);

}  // namespace retrograph
