#pragma once

#include <retrograph/graph/graph.hpp>
#include <retrograph/graph/index_table.hpp>

namespace retrograph {

/// What lives between runs: the numbers of parameters and slots, the count of steps, the random seed.
/// A value: a copy is a snapshot. It may be used with any graph that has parameters of the same names.
class State {
 public:
  explicit State(std::uint64_t seed) : seed_{seed} {}

  std::uint64_t seed() const { return seed_; }
  /// How many runs with updates have been made.
  std::uint64_t step() const { return step_; }
  void set_step(std::uint64_t step) { step_ = step; }

  /// The numbers of a parameter. Throws GraphError if there is none of that name.
  const Array& operator[](const Parameter& parameter) const { return at(parameter.name()); }
  Array& operator[](const Parameter& parameter) { return at(parameter.name()); }
  const Array& at(std::string_view name) const { return arrays_[require(name)]; }
  Array& at(std::string_view name) { return arrays_[require(name)]; }

  /// Adds or replaces the numbers of a name.
  void set(std::string name, Array array);

  std::size_t size() const { return arrays_.size(); }
  const std::string& name(std::size_t index) const { return names_[index]; }
  const Array& array(std::size_t index) const { return arrays_[index]; }
  Array& array(std::size_t index) { return arrays_[index]; }
  /// The place of a name, or `size()`.
  std::size_t find(std::string_view name) const;

 private:
  std::size_t require(std::string_view name) const;

  std::uint64_t seed_;
  std::uint64_t step_ = 0;
  std::vector<std::string> names_;
  std::vector<Array> arrays_;
  IndexTable places_;  // by name
};

/// The state in which training starts: every parameter and slot of the graph as its initializer says.
/// Each depends on the seed and its own name alone.
State initial_state(const Graph& graph, std::uint64_t seed);

}  // namespace retrograph
