#pragma once

#include <retrograph/graph/op.hpp>

namespace retrograph {

/// Whether an op is that of one_hot, with a row for every index in range and none for others.
bool is_one_hot(const Op& op);

}  // namespace retrograph
