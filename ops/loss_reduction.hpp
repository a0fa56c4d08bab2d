#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// What becomes of the losses of a batch: they stay, or one number stands for all.
enum class LossReduction { none, mean, sum };

/// `losses` as they are, their mean or their sum, each of all of them. The mean of no losses is NaN.
Tensor reduce_losses(const Tensor& losses, LossReduction reduction,
                     std::source_location where = std::source_location::current());

}  // namespace retrograph
