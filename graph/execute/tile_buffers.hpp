#pragma once

#include <retrograph/graph/execute/broadcast_rows.hpp>

namespace retrograph {

/// Which buffer holds each value of an elementwise kernel while a tile is worked on, for values that are
/// neither operands in memory nor results nor kept in registers. Each buffer is given to another value once
/// it has been read for the last time.
struct TileBuffers {
  /// Values are counted: the operands of the kernel come first, then the results of the functions in turn.
  using Value = std::uint32_t;
  static constexpr auto none = ~std::uint32_t{0};

  /// What is read, and the dtypes of what the functions make, in the order of the functions.
  struct Reads {
    std::vector<std::vector<Value>> of_functions;
    std::vector<DType> dtypes;
    std::vector<Value> of_endings;
  };
  /// `in_registers` says which values are kept there; empty: none.
  TileBuffers(const Signature& signature, const Extents& extents, const BroadcastRows& rows,
              const Reads& reads, std::span<const Value> results, const std::vector<bool>& in_registers = {});

  std::vector<std::uint32_t> of_value;  // `none` for a value that has its place in memory
  std::uint32_t count = 0;
  std::size_t widest_number = 1;  // of all values, in bytes
};

}  // namespace retrograph
