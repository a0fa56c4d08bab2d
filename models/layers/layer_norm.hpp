#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

struct LayerNormLayerOptions {
  double epsilon = 1e-5;
  std::size_t axes = 1;  // the last ones, over which mean and variance are taken
};

/// layer_norm with parameters of its own.
///
/// x        [..., features...], float32 or float64; the features, of so many axes, are numbers
/// name     a scope of the graph; in it the layer makes the parameters `scale`, of ones, and `shift`, of
///          zeros, both [features...], of x's dtype
/// returns  x's shape
///
/// Throws as the op does; ShapeError if an extent of the features is a symbol, GraphError if the graph has a
/// layer of that name in the scope that is open.
Tensor layer_norm(const Tensor& x, std::string_view name, const LayerNormLayerOptions& options = {},
                  std::source_location where = std::source_location::current());

}  // namespace retrograph
