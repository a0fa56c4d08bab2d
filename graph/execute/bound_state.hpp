#pragma once

#include <retrograph/graph/execute/plan.hpp>

namespace retrograph {

/// Where a plan's parameters are in the state of a run. They are in the same places from run to run as a
/// rule, so that names are compared and not sought.
class BoundState {
 public:
  BoundState(const Graph& graph, const Plan& plan);

  /// Gives the plan the numbers of its parameters. Throws GraphError for one that the state lacks, ShapeError
  /// for one of another type.
  void read(const State& state, Plan& plan);

  /// Likewise, and notes the arrays that updates change. A view of the caller's memory is exchanged for a
  /// copy first: that memory is not ours to write to.
  void read_and_change(State& state, Plan& plan);
  /// Of the last call of `read_and_change`, in the order of the updates.
  std::span<Array* const> changed() const { return changed_; }

  /// Whether memory is written to while the plan runs, since a parameter that is updated in place is there.
  bool is_overwritten(const Array& array) const;

 private:
  struct Slot {
    std::string name;
    ArrayType type;
    std::size_t place;  // in the state
  };
  Slot slot_of(const Graph& graph, NodeId node) const;
  static std::size_t find(Slot& slot, const State& state);

  std::vector<Slot> parameters_;  // that the plan reads
  std::vector<Slot> updates_;
  std::vector<bool> in_place_;  // of each update
  std::vector<Array*> changed_;
};

}  // namespace retrograph
