#pragma once

#include <retrograph/graph/broadcast_loop.hpp>

#include <array>

namespace retrograph {

/// The repeated operands of an elementwise kernel, seen along the innermost axis on which all of them either
/// move by 1 or stand still: a row. Within a row they are read where they are, as numbers in a line or as one
/// number.
class BroadcastRows {
 public:
  /// None.
  BroadcastRows() = default;
  /// Of the operands that have neither the extents of the result nor a single number. There are none, and
  /// they must be written out, if rows are too short. A row and a reduction's line of neighbours both run
  /// along the last axes, so that one is always a multiple of the other.
  BroadcastRows(const Signature& signature, const Extents& extents);

  /// Numbers in a row; 0 if there are none.
  std::int64_t extent() const { return extent_; }
  bool stands_still(std::size_t operand) const;

  struct Operand {
    std::size_t index;
    std::int64_t bytes;                 // of a number
    bool moves;                         // along a row
    std::vector<std::int64_t> strides;  // of the axes before the row, in numbers
  };
  std::span<const Operand> operands() const { return operands_; }

  /// The index of a result's place, rows first.
  struct Index {
    std::array<std::int64_t, BroadcastLoop::max_rank> before;
    std::int64_t in_row;
  };
  Index index_of(std::int64_t place) const;
  /// From an operand's first number to the one for that place, in bytes.
  std::int64_t offset(const Operand& operand, const Index& index) const;

 private:
  std::int64_t extent_ = 0;
  Extents before_;  // of the axes before the row
  std::vector<Operand> operands_;
};

}  // namespace retrograph
