#pragma once

#include <retrograph/graph/op.hpp>

namespace retrograph {

/// Whether an op is that of multiply, for rules of other ops.
bool is_multiply(const Op& op);

}  // namespace retrograph
