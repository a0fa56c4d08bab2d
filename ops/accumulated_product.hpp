#pragma once

#include <retrograph/graph/compile/rewrite.hpp>

namespace retrograph {

/// What an addition or a subtraction becomes if one of its operands is a product of matrices that nobody else
/// reads: one pass over the result, which may be the memory of the other operand.
///
///     y = addend_factor c + factor a b
///
/// A factor is 1, -1, or a scalar by which an operand was multiplied, with its sign. Nothing if there is no
/// such product.
std::optional<Combined> accumulate_product(const Match& match, bool second_is_negative);

}  // namespace retrograph
