#pragma once

#include <retrograph/graph/execute/executable.hpp>

#include <map>

namespace retrograph::test {

/// A graph of random elementwise ops and sums or extrema along random axes, on operands of all dtypes that
/// are repeated along some axes of one shape, with updates of parameters. All numbers are whole and small, so
/// that results are exact in whatever order they are added. The same seed gives the same graph.
struct RandomElementwise {
  explicit RandomElementwise(std::uint64_t seed);

  /// The first axis of the shape is a symbol.
  static Binding binding(std::int64_t row_count) { return {{"rows", row_count}}; }
  /// Numbers for each input, others for another `seed`.
  std::map<NodeId, Array> numbers(std::int64_t row_count, std::uint64_t seed) const;

  Graph graph;
  std::int64_t rows = 0;  // of which there are about 10,000 numbers or fewer
  std::vector<Input> inputs;
  std::vector<Tensor> outputs;
  Updates updates;
};

}  // namespace retrograph::test
