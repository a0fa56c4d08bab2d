#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// The rows of x that indices name, along one axis (NumPy's take).
///
///     y[a..., i..., b...] = x[a..., indices[i...], b...]
///
/// x        [a..., extent, b...], with `extent` on `axis`; any dtype
/// indices  [i...], int32, int64 or uint8, in [0, extent); a negative one is refused
/// returns  [a..., i..., b...]
///
/// Gradient with respect to x: scatter_add of upstream. Throws ShapeError if x has no such axis, TypeError if
/// the indices are of another dtype; FeedError (at run) for an index that is outside, naming place and value.
Tensor gather(const Tensor& x, const Tensor& indices, std::int64_t axis = 0,
              std::source_location where = std::source_location::current());

/// Rows summed where indices say: what gather takes from is given back.
///
///     y[a..., k, b...] = sum of rows[a..., i..., b...] over all i... with indices[i...] == k
///
/// rows     [a..., i..., b...], any dtype but bool
/// indices  [i...], int32, int64 or uint8, in [0, extent)
/// axis     of the result; in rows, i... begins there
/// returns  [a..., extent, b...], 0 where no index leads; summed in the order of the indices
///
/// Gradient with respect to rows: gather of upstream. Throws ShapeError if the rows from `axis` on do not
/// have the shape of the indices, TypeError and FeedError as gather does.
Tensor scatter_add(const Tensor& rows, const Tensor& indices, Dim extent, std::int64_t axis = 0,
                   std::source_location where = std::source_location::current());

}  // namespace retrograph
