#pragma once

#include <cstdint>
#include <vector>

namespace retrograph {

/// Rows of a dataset in two parts, each in rising order.
struct Split {
  std::vector<std::int64_t> training, held_out;
};

/// Holds out the share `part` of 0 .. count-1, rounded to whole rows, chosen at random and fixed by the seed.
/// Throws DataError unless 0 <= part < 1 and rows are left to train on.
Split split_rows(std::int64_t count, double part, std::uint64_t seed);

}  // namespace retrograph
