#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// Sets numbers to 0 at random, each with probability `rate`, and scales the others so that the mean stays.
///
///     y_i = x_i * mask_i        mask_i = 0 with probability rate, else 1 / (1 - rate)
///
/// x        [...], float32 or float64
/// rate     in [0, 1]; at 0 nothing changes, at 1 everything is 0
/// returns  the shape of x; `.result(1)` of it is the mask
///
/// The mask depends on the seed of the State, the name of the node, the step and the place of each number
/// alone, never on threads. There is no other mode for evaluation: what is evaluated is built without
/// dropout. Gradient: upstream * mask. Throws GraphError for another rate, TypeError for integers. Source:
/// Srivastava and others, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 2014;
/// scaled while training and not afterwards.
Tensor dropout(const Tensor& x, double rate, std::source_location where = std::source_location::current());

}  // namespace retrograph
