#include <retrograph/graph/error.hpp>
#include <retrograph/models/data/shuffle.hpp>
#include <retrograph/models/data/split.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace retrograph {

Split split_rows(std::int64_t count, double part, std::uint64_t seed) {
  if (!(part >= 0 && part < 1))
    throw DataError{fmt::format("{} is no share of the samples to hold out", part), "use 0 or more, below 1"};
  const auto held_out = std::llround(part * static_cast<double>(count));
  if (count > 0 && held_out >= count)
    throw DataError{fmt::format("{} of {} samples would be held out, and none left", held_out, count)};
  constexpr auto epoch_that_never_comes = std::numeric_limits<std::uint64_t>::max();
  auto rows = shuffled_indices(count, {seed, epoch_that_never_comes});
  const auto middle = rows.end() - held_out;
  std::sort(rows.begin(), middle);
  std::sort(middle, rows.end());
  return {{rows.begin(), middle}, {middle, rows.end()}};
}

}  // namespace retrograph
