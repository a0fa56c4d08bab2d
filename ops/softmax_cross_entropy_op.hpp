#pragma once

#include <retrograph/graph/compile/rewrite.hpp>

namespace retrograph {

/// What a subtraction becomes if it takes the labels from the shares of the classes that
/// softmax_cross_entropy gives beside the loss of the same labels: a further result of that step, a - y,
/// written while a row is in the first-level cache. Nothing if it is any other.
std::optional<Combined> shares_less_labels(const Match& subtraction);

}  // namespace retrograph
