#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// Whose mean and variance a layer takes.
enum class Statistics {
  of_batch,  // for training: those of the batch, which the running ones follow
  running    // for use: those that the training has left
};

struct BatchNormLayerOptions {
  Statistics statistics = Statistics::of_batch;
  double epsilon = 1e-5;
  double momentum = 0.1;  // how far the running numbers move toward those of a batch
};

struct BatchNormLayer {
  Tensor y;
  Updates running;  // of the running statistics: to be run along with those of an optimizer; none in use
};

/// batch_norm with parameters and running statistics of its own.
///
///     running mean     <- (1 - momentum) running mean     + momentum mean of the batch
///     running variance <- (1 - momentum) running variance + momentum n / (n - 1) variance of the batch
///
/// with n the numbers of a channel in the batch. (Where n is 1, its variance is 0.)
///
/// x        [batch, channels, ...], float32 or float64; channels is a number
/// name     a scope of the graph; in it the layer makes the parameters `scale`, of ones, and `shift`, of
///          zeros, and the slots `running_mean`, of zeros, and `running_variance`, of ones, all [channels]
/// returns  y, x's shape, and updates
///
/// A model is built twice, in a graph for training and in one for use; one State serves both, since their
/// parameters have the same names. Throws as the op does; ShapeError if the channels are a symbol, GraphError
/// unless 0 <= momentum <= 1, or if the graph has a layer of that name in the scope that is open. Source:
/// Ioffe and Szegedy, "Batch normalization", ICML 2015, section 3.1, with running means for the means over
/// batches, as in PyTorch.
BatchNormLayer batch_norm(const Tensor& x, std::string_view name, const BatchNormLayerOptions& options = {},
                          std::source_location where = std::source_location::current());

}  // namespace retrograph
