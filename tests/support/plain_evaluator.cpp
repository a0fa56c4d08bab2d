#include "support/plain_evaluator.hpp"

namespace retrograph::test {
namespace {

std::vector<Array> apply(Graph& graph, NodeId id, const std::vector<std::vector<Array>>& results,
                         const State& state, const Binding& binding) {
  const auto& node = graph.node(id);
  Signature signature;
  std::vector<ConstView> inputs;
  for (const auto& operand : graph.operands(id)) {
    const auto& array = results[operand.node()][operand.result_index()];
    signature.inputs.push_back(array.type());
    inputs.push_back({array.type(), array.size(), array.bytes()});
  }
  std::vector<Array> arrays;
  std::vector<View> outputs;
  arrays.reserve(node.results.size());
  for (const auto& type : node.results) {
    auto& array = arrays.emplace_back(Array::uninitialized({type.dtype, type.shape.evaluate(binding)}));
    signature.outputs.push_back(array.type());
    outputs.push_back({array.type(), array.size(), array.bytes()});
  }
  const RunContext run{state.seed(), state.step()};
  node.op()->prepare(signature)->run({inputs, outputs, run, hash_of_name(node.full_name())});
  return arrays;
}

}  // namespace

std::vector<Array> evaluate_plainly(Graph& graph, std::span<const Tensor> outputs, const State& state,
                                    const std::map<NodeId, Array>& feeds, const Binding& binding) {
  std::vector<std::vector<Array>> results(graph.node_count());
  for (NodeId id = 0; id < results.size(); ++id) {
    const auto& node = graph.node(id);
    if (node.is_input())
      results[id].push_back(feeds.at(id));
    else if (node.parameter())
      results[id].push_back(state.at(node.full_name()));
    else if (node.constant())
      results[id].push_back(*node.constant());
    else
      results[id] = apply(graph, id, results, state, binding);
  }
  std::vector<Array> chosen;
  for (const auto& output : outputs) chosen.push_back(results[output.node()][output.result_index()]);
  return chosen;
}

}  // namespace retrograph::test
