#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// (x - mean) / sqrt(variance + epsilon) * scale + shift, all broadcast to x.
Tensor normalized(const Tensor& x, const Tensor& mean, const Tensor& variance, double epsilon,
                  const Tensor& scale, const Tensor& shift);

/// Throws GraphError unless epsilon >= 0 and is finite, TypeError unless all operands are of one float dtype.
void require_normalizable(std::span<const Tensor> operands, double epsilon);

/// Nodes made while it lives are of the line `where`, as if it were one op.
Graph::ContextGuard made_at(Graph& graph, std::source_location where);

}  // namespace retrograph
