#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// What stands between the weights of a layer and its activation.
enum class Normalization {
  none,
  batch,  // the layer batch_norm
  layer   // the layer layer_norm, over all axes but the batch
};

/// `x` by a layer `norm` in the scope that is open, or as it is.
///
/// x        [batch, channels, ...], float32 or float64; all but the batch are numbers
/// in_use   batch_norm with its running statistics, not those of the batch
/// running  gets the updates of the running statistics, unless in use
///
/// Throws as the layers do.
Tensor normalized(const Tensor& x, Normalization normalization, bool in_use, Updates& running,
                  std::source_location where = std::source_location::current());

}  // namespace retrograph
