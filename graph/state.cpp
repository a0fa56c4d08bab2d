#include <retrograph/graph/state.hpp>

#include <fmt/format.h>

#include <functional>

namespace retrograph {

void State::set(std::string name, Array array) {
  const auto index = find(name);
  if (index < size()) {
    arrays_[index] = std::move(array);
  } else {
    places_.insert(std::hash<std::string_view>{}(name), static_cast<std::uint32_t>(index));
    names_.push_back(std::move(name));
    arrays_.push_back(std::move(array));
  }
}

std::size_t State::find(std::string_view name) const {
  const auto place = places_.find(std::hash<std::string_view>{}(name),
                                  [&](std::uint32_t other) { return names_[other] == name; });
  return place == IndexTable::none ? size() : place;
}

std::size_t State::require(std::string_view name) const {
  const auto index = find(name);
  if (index == size())
    throw GraphError{fmt::format("the state has no '{}'", name),
                     "make the state after all parameters and optimizers of the graph"};
  return index;
}

State initial_state(const Graph& graph, std::uint64_t seed) {
  State state{seed};
  for (const auto id : graph.state_nodes()) {
    const auto& node = graph.node(id);
    const ArrayType type{node.results[0].dtype, node.results[0].shape.evaluate({})};
    auto array = node.parameter()->initializer(type, RandomStream{seed, node.full_name()});
    if (array.type() != type)
      throw ShapeError{fmt::format("the initializer of '{}' made {} {}, not {} {}", node.full_name(),
                                   to_string(array.extents()), to_string(array.dtype()),
                                   to_string(type.extents), to_string(type.dtype))};
    state.set(node.full_name(), std::move(array));
  }
  return state;
}

}  // namespace retrograph
