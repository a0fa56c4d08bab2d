#pragma once

#include <retrograph/ops/operand.hpp>

namespace retrograph {

/// a where the condition holds, else b: number by number, after broadcasting all three.
///
/// condition  [...], bool
/// a, b       [...], of one dtype, any; a plain number takes the dtype of the other
/// returns    [...], the broadcast shape, the dtype of a and b
///
/// Gradient: upstream where the condition holds and 0 elsewhere for a, the other way round for b; each summed
/// to its operand's shape. What is not chosen has no influence on it, be it infinite or NaN; but the gradient
/// of the expression behind it is still calculated, with an upstream of 0.
/// Throws ShapeError if extents differ and neither is 1; TypeError if the condition is not bool, the dtypes
/// of a and b differ, or both are plain numbers.
Tensor where(const Tensor& condition, Operand a, Operand b);

}  // namespace retrograph
