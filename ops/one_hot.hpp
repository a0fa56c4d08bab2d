#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// What one_hot makes of an index that is no class.
enum class OutOfRange { refuse, zero_row };

/// A row for each index, with a 1 in the place of the index and 0 elsewhere.
///
///     y[..., k] = 1 if indices[...] == k, else 0
///
/// indices  [...], int32, int64 or uint8, in [0, depth)
/// dtype    of the result, float32 or float64
/// returns  [..., depth]
///
/// Not differentiable. Throws ShapeError if depth is negative, TypeError for other dtypes; FeedError (at run)
/// for an index outside of [0, depth), naming its row, unless it is to give a row of zeros.
Tensor one_hot(const Tensor& indices, Dim depth, DType dtype = DType::float32,
               OutOfRange out_of_range = OutOfRange::refuse,
               std::source_location where = std::source_location::current());

}  // namespace retrograph
