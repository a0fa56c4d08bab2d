#include <retrograph/graph/execute/bound_state.hpp>

#include <fmt/format.h>

#include <functional>

namespace retrograph {

BoundState::BoundState(const Graph& graph, const Plan& plan) {
  const auto& program = plan.program();
  for (const auto& parameter : program.parameters) parameters_.push_back(slot_of(graph, parameter.node));
  for (std::size_t index = 0; index < program.updates.size(); ++index) {
    updates_.push_back(slot_of(graph, program.updates[index].node));
    in_place_.push_back(plan.is_in_place(index));
  }
  changed_.resize(updates_.size());
}

BoundState::Slot BoundState::slot_of(const Graph& graph, NodeId id) const {
  const auto& node = graph.node(id);
  return {node.full_name(), {node.results[0].dtype, node.results[0].shape.evaluate({})}, 0};
}

void BoundState::read(const State& state, Plan& plan) {
  for (std::size_t index = 0; index < parameters_.size(); ++index)
    plan.set_parameter(index, state.array(find(parameters_[index], state)).bytes());
}

void BoundState::read_and_change(State& state, Plan& plan) {
  for (std::size_t index = 0; index < updates_.size(); ++index) {
    auto& array = state.array(find(updates_[index], state));
    if (!array.owns_its_numbers()) array = Array{std::as_const(array)};
    changed_[index] = &array;
  }
  for (auto& slot : parameters_) {
    auto& array = state.array(find(slot, state));
    if (!array.owns_its_numbers() && is_overwritten(array)) array = Array{std::as_const(array)};
  }
  read(state, plan);
}

bool BoundState::is_overwritten(const Array& array) const {
  const auto* begin = array.bytes();
  const auto* end = begin + array.size_in_bytes();
  constexpr std::less<const std::byte*> before;
  for (std::size_t index = 0; index < changed_.size(); ++index) {
    if (!in_place_[index]) continue;
    const auto* written = std::as_const(*changed_[index]).bytes();
    if (before(begin, written + changed_[index]->size_in_bytes()) && before(written, end)) return true;
  }
  return false;
}

std::size_t BoundState::find(Slot& slot, const State& state) {
  if (slot.place >= state.size() || state.name(slot.place) != slot.name) slot.place = state.find(slot.name);
  if (slot.place == state.size())
    throw GraphError{fmt::format("the state has no '{}'", slot.name),
                     "pass a state made after all parameters and optimizers of the graph"};
  if (const auto& type = state.array(slot.place).type(); type != slot.type)
    throw ShapeError{fmt::format("'{}' is {} {} and the state has {} {}", slot.name,
                                 to_string(slot.type.extents), to_string(slot.type.dtype),
                                 to_string(type.extents), to_string(type.dtype))};
  return slot.place;
}

}  // namespace retrograph
