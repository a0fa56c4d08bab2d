#include <retrograph/graph/compile/program.hpp>

namespace retrograph {
namespace {

/// Extents of a result; a symbol that nothing binds is told with the node that needs it.
Extents evaluate(const Tensor& tensor, const Binding& binding) {
  try {
    return tensor.shape().evaluate(binding);
  } catch (Error& error) {
    error.add_context(tensor.name(), {describe(tensor)}, tensor.graph().node(tensor.node()).where);
    throw;
  }
}

}  // namespace

std::vector<bool> needed_nodes(Graph& graph, std::span<const Tensor> outputs,
                               std::span<const Update> updates) {
  std::vector<bool> needed(graph.node_count());
  for (const auto& output : outputs) needed[output.node()] = true;
  for (const auto& update : updates) needed[update.value.node()] = true;
  for (auto id = static_cast<NodeId>(needed.size()); id-- > 0;)
    if (needed[id])
      for (std::size_t index = 0; index < graph.operand_count(id); ++index)
        needed[graph.operand(id, index).node()] = true;
  return needed;
}

Program prune(Graph& graph, std::span<const Tensor> outputs, std::span<const Update> updates,
              const Binding& binding) {
  const auto needed = needed_nodes(graph, outputs, updates);
  Program program;
  std::vector<ValueId> first_value(needed.size());  // of the node's results
  const auto value_of = [&](const Tensor& tensor) {
    return first_value[tensor.node()] + tensor.result_index();
  };

  for (NodeId id = 0; id < needed.size(); ++id) {
    if (!needed[id]) continue;
    const auto& node = graph.node(id);
    first_value[id] = static_cast<ValueId>(program.values.size());
    std::vector<ValueId> results;
    for (std::uint32_t result = 0; result < node.results.size(); ++result)
      results.push_back(
          program.add_value({node.results[result].dtype, evaluate({graph, id, result}, binding)}));

    if (const auto* op = node.op()) {
      Step step{*op, {}, std::move(results), id};
      for (const auto& operand : graph.operands(id)) step.inputs.push_back(value_of(operand));
      program.steps.push_back(std::move(step));
    } else if (node.is_input()) {
      program.inputs.push_back({results[0], id});
    } else if (node.parameter()) {
      program.parameters.push_back({results[0], id});
    } else {
      program.constants.push_back({results[0], std::get<ConstantLeaf>(node.content).value});
    }
  }
  for (const auto& output : outputs) program.outputs.push_back(value_of(output));
  for (const auto& update : updates)
    program.updates.push_back({value_of(update.value), update.parameter.node()});
  return program;
}

}  // namespace retrograph
