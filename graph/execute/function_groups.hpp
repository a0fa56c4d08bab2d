#pragma once

#include <retrograph/graph/execute/generated_loop.hpp>
#include <retrograph/graph/execute/tile_buffers.hpp>
#include <retrograph/graph/pointwise.hpp>

#include <optional>

namespace retrograph {

/// The functions of an elementwise kernel in groups of neighbours that run as one loop: several whose
/// formulas are known, if loops can be generated, else each by itself.
class FunctionGroups {
 public:
  using Value = TileBuffers::Value;
  using Place = GeneratedLoop::Place;
  struct Group {
    std::size_t first, last;  // the functions from `first` to before `last`
    DType dtype;
  };

  /// Functions as in `reads`, of so many operands. `results` are needed when all have run.
  FunctionGroups(std::span<const std::unique_ptr<Pointwise>> functions, std::size_t operands,
                 const TileBuffers::Reads& reads, std::span<const Value> results, bool generates);

  const std::vector<Group>& groups() const { return groups_; }
  /// Whether each value is made and read within one group alone, and so stays in registers.
  const std::vector<bool>& in_registers() const { return in_registers_; }

  /// The loop of a group of several functions, once it is known where all values are: which operands stand
  /// still, and which places are in far memory.
  std::unique_ptr<GeneratedLoop> generate(const Group& group, std::span<const Place> place_of_value,
                                          const std::vector<bool>& stands_still,
                                          std::span<const Place> far) const;

 private:
  void group_neighbours();
  void find_values_in_registers(std::span<const Value> results);
  Value value_of(std::size_t function) const { return static_cast<Value>(operands_ + function); }

  std::size_t operands_;
  const TileBuffers::Reads& reads_;
  std::vector<std::optional<Formula>> formulas_;  // of the functions, if loops can be generated
  std::vector<Group> groups_;
  std::vector<bool> in_registers_;
};

}  // namespace retrograph
