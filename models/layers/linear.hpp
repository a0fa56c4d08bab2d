#pragma once

#include <retrograph/graph/graph.hpp>
#include <retrograph/models/initializers.hpp>

namespace retrograph {

/// In place of a bias initializer: the layer has no bias.
inline constexpr std::nullopt_t no_bias = std::nullopt;

struct LinearOptions {
  Initializer weight = he_uniform();
  std::optional<Initializer> bias = zeros();
};

/// A fully connected layer with parameters of its own.
///
///     y = x weight + bias
///
/// x        [..., inputs], float32 or float64; `inputs` must be a number
/// outputs  how many numbers the layer makes of each row
/// name     a scope of the graph; in it the layer makes the parameters `weight` [inputs, outputs] and `bias`
///          [outputs], of x's dtype
/// returns  [..., outputs]
///
/// Throws ShapeError if the last extent of x is a symbol or x is a scalar, TypeError if x is no float,
/// GraphError if the graph has a layer of that name in the scope that is open.
Tensor linear(const Tensor& x, std::int64_t outputs, std::string_view name, const LinearOptions& options = {},
              std::source_location where = std::source_location::current());

}  // namespace retrograph
