#pragma once

#include <retrograph/graph/execute/executable.hpp>

#include <map>

namespace retrograph::test {

/// A graph of random ops on random operands, with its gradients and updates, and numbers for its inputs.
/// The same seed gives the same graph.
struct RandomGraph {
  RandomGraph(std::uint64_t seed, std::int64_t rows, std::int64_t columns, int steps);

  std::vector<Feed> feed_list() const;
  std::map<NodeId, Array> feed_map() const;
  Executable executable(int threads, const Passes& passes = {});

  Graph graph;
  Binding binding;
  std::vector<Input> inputs;
  std::vector<Array> numbers;  // of each input
  std::vector<Tensor> outputs;
  Updates updates;
};

}  // namespace retrograph::test
