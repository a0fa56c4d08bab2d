#pragma once

#include <retrograph/graph/compile/rewrite.hpp>

namespace retrograph {

// What rewrite rules of several ops have in common.

/// An operand itself as the result of the step, repeated where the result has more numbers.
Rewritten as_result(const Match& match, std::size_t operand);

/// The operand under the extents of the result.
Rewritten as_reshaped(const Match& match);

/// The other of two operands, if operand `index` is `neutral` throughout and so changes no bit of it: x * 1.
std::optional<Rewritten> without_neutral(const Match& match, std::size_t index, double neutral);

/// What an op undoes that has been applied before: -(-x).
std::optional<Rewritten> without_inverse(const Match& match);

/// The same op without a broadcast_to before it, where the op repeats operands by itself and the result stays
/// as large as it is.
std::optional<Rewritten> without_repetition(const Match& match);

}  // namespace retrograph
