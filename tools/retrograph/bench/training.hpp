#pragma once

#include <retrograph/graph/state.hpp>

namespace retrograph::program {

/// The parameters at the numbers that all programs of the comparison start from.
State first_state(Graph& graph, bool before_relu);

}  // namespace retrograph::program
