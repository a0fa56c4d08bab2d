#include <retrograph/models/data/split.hpp>

#include "support/matchers.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("a split has every row once, in two rising parts of the sizes that were asked for") {
  for (const auto& [count, part, held_out] :
       {std::tuple{10, 0.3, 3}, {10, 0.25, 3}, {10, 0.0, 0}, {1, 0.4, 0}, {0, 0.5, 0}, {101, 0.99, 100}}) {
    CAPTURE(count, part);
    const auto split = split_rows(count, part, 1);
    CHECK(std::ssize(split.held_out) == held_out);
    CHECK(std::is_sorted(split.training.begin(), split.training.end()));
    CHECK(std::is_sorted(split.held_out.begin(), split.held_out.end()));
    auto rows = split.training;
    rows.insert(rows.end(), split.held_out.begin(), split.held_out.end());
    std::sort(rows.begin(), rows.end());
    std::vector<std::int64_t> all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), 0);
    CHECK(rows == all);
  }
}

TEST_CASE("which rows are held out is fixed by the seed, and they come from everywhere") {
  const auto held_out = split_rows(1000, 0.1, 1).held_out;
  CHECK(split_rows(1000, 0.1, 1).held_out == held_out);
  CHECK(split_rows(1000, 0.1, 2).held_out != held_out);
  // Of 100 rows, 50 are in each half, and their deviation is 4.7.
  const auto first_half = std::lower_bound(held_out.begin(), held_out.end(), 500) - held_out.begin();
  CHECK(first_half > 30);
  CHECK(first_half < 70);
}

TEST_CASE("a split refuses shares that are none, or that leave no row to train on") {
  CHECK_REFUSED(DataError, split_rows(10, 1, 1), "1 is no share of the samples to hold out");
  CHECK_REFUSED(DataError, split_rows(10, -0.1, 1), "-0.1 is no share");
  CHECK_REFUSED(DataError, split_rows(10, NAN, 1), "nan is no share");
  CHECK_REFUSED(DataError, split_rows(4, 0.9, 1), "4 of 4 samples would be held out, and none left");
}
