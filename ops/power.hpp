#pragma once

#include <retrograph/ops/operand.hpp>

namespace retrograph {

/// The base to the power of the exponent: number by number, after broadcasting.
///
/// base, exponent  [...], of one dtype, not bool; a plain number takes the dtype of the other
/// returns         [...], the broadcast shape, same dtype; anything to the power of 0 is 1; integers wrap,
///                 modulo 2^bits
///
/// Gradients, each summed to its operand's shape: of the base, upstream * exponent * base^(exponent - 1), 0
/// where the exponent is 0; of the exponent, upstream * y * ln(base), 0 where the base is not above 0.
/// Throws ShapeError if extents differ and neither is 1, TypeError if dtypes differ; FeedError (at run) for
/// an integer to a power below 0.
Tensor pow(Operand base, Operand exponent);

/// The square root of each number of x [...], float32 or float64; NaN below 0.
/// Gradient: upstream / (2 * y), infinite at 0, but 0 where upstream is 0 too.
Tensor sqrt(const Tensor& x, std::source_location where = std::source_location::current());

/// 1 / sqrt(x). x [...], float32 or float64; infinity at 0, NaN below.
/// Gradient: -upstream / x / (2 * sqrt(x)), infinite at 0, but 0 where upstream is 0 too.
Tensor rsqrt(const Tensor& x, std::source_location where = std::source_location::current());

/// x * x. x [...], any dtype but bool; integers wrap. Gradient: 2 * upstream * x.
Tensor square(const Tensor& x, std::source_location where = std::source_location::current());

/// 1 / x. x [...], float32 or float64; infinite at 0.
/// Gradient: -upstream / x / x, infinite at 0, but 0 where upstream is 0 too.
Tensor reciprocal(const Tensor& x, std::source_location where = std::source_location::current());

}  // namespace retrograph
