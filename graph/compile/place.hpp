#pragma once

#include <retrograph/graph/compile/schedule.hpp>

namespace retrograph {

/// Where the numbers of a value are. Of an update in place that is the parameter.
struct Place {
  enum class Kind { input, parameter, constant, block };
  Kind kind = Kind::block;
  std::uint32_t index = 0;  // into the program's list of that kind, or into the blocks
};

/// A piece of memory that values take in turn.
struct Block {
  std::size_t bytes = 0;
  // At most one of them: it ends with the new value of an update, and becomes the parameter's own, or with an
  // output, and is the caller's.
  std::optional<std::uint32_t> update{};
  std::optional<std::uint32_t> output{};
};

struct Placement {
  std::vector<Place> places;  // of each value
  std::vector<Block> blocks;
  std::size_t total_bytes = 0;        // of all blocks
  std::size_t lower_bound_bytes = 0;  // the largest set of values alive at once, in the order of the steps
};

/// Gives each value a place. Values whose lives do not overlap share a block, and the later one's task is
/// made to wait for the earlier one's readers; an op that may work in place overwrites an operand nobody
/// reads any more.
Placement place(const Program& program, Schedule& schedule);

}  // namespace retrograph
