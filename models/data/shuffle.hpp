#pragma once

#include <cstdint>
#include <vector>

namespace retrograph {

/// Which of the many orders: another for each epoch, all fixed by the seed.
struct Shuffle {
  std::uint64_t seed = 0;
  std::uint64_t epoch = 0;
};

/// 0 .. count-1 in random order, each order as likely as any other, and the same on every machine:
/// Fisher and Yates's shuffle with unbiased integers from Philox.
std::vector<std::int64_t> shuffled_indices(std::int64_t count, const Shuffle& shuffle);

}  // namespace retrograph
