#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// Tensors laid one behind the other along an axis.
///
/// tensors  [a..., extent_i, b...], at least one; of one dtype, which may be any
/// axis     of the extents that may differ; negative to count from the last
/// returns  [a..., sum of the extents, b...]
///
/// Gradients: the parts of upstream. Throws ShapeError naming the first tensor that does not fit, or if there
/// is none; TypeError if a dtype differs.
Tensor concat(const std::vector<Tensor>& tensors, std::int64_t axis = 0,
              std::source_location where = std::source_location::current());

/// Tensors laid side by side along a new axis.
///
///     y[a..., i, b...] = tensors_i[a..., b...]
///
/// tensors  [a..., b...], at least one; of one shape and one dtype, which may be any
/// axis     of the result; negative to count from its last
/// returns  [a..., number of tensors, b...]
///
/// Gradients: the parts of upstream. Throws as concat does.
Tensor stack(const std::vector<Tensor>& tensors, std::int64_t axis = 0,
             std::source_location where = std::source_location::current());

/// The parts of x along an axis: concat of them is x.
///
/// x        [a..., extent, b...], of any dtype
/// parts    how many, all of the same extent; or the extent of each
/// axis     negative to count from the last
/// returns  each part, [a..., extent of the part, b...]
///
/// Gradient: concat of the upstreams. Throws ShapeError if the parts do not make up the extent.
std::vector<Tensor> split(const Tensor& x, std::int64_t parts, std::int64_t axis = 0,
                          std::source_location where = std::source_location::current());
std::vector<Tensor> split(const Tensor& x, const std::vector<Dim>& parts, std::int64_t axis = 0,
                          std::source_location where = std::source_location::current());

}  // namespace retrograph
