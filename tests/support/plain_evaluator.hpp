#pragma once

#include <retrograph/graph/state.hpp>

#include <map>

namespace retrograph::test {

/// The numbers of `outputs`, one node after another in the order of making, each in memory of its own: no
/// pass of the compiler, no threads, nothing shared. What the executable is compared with.
std::vector<Array> evaluate_plainly(Graph& graph, std::span<const Tensor> outputs, const State& state,
                                    const std::map<NodeId, Array>& feeds, const Binding& binding);

}  // namespace retrograph::test
