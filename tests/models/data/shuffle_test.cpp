#include <retrograph/models/data/shuffle.hpp>

#include "support/catch.hpp"

#include <map>

using namespace retrograph;

TEST_CASE("shuffled_indices gives the same order on every machine") {
  // As an independent implementation in Python gives them; a change here changes everybody's runs.
  CHECK(shuffled_indices(10, {.seed = 1, .epoch = 0}) ==
        std::vector<std::int64_t>{5, 8, 3, 9, 2, 4, 0, 1, 7, 6});
  CHECK(shuffled_indices(10, {.seed = 1, .epoch = 1}) ==
        std::vector<std::int64_t>{6, 5, 7, 2, 9, 3, 4, 1, 8, 0});
}

TEST_CASE("shuffled_indices makes each order of three equally likely") {
  constexpr int draws = 6000;
  std::map<std::vector<std::int64_t>, int> counts;
  for (std::uint64_t epoch = 0; epoch < draws; ++epoch)
    ++counts[shuffled_indices(3, {.seed = 7, .epoch = epoch})];
  CHECK(counts.size() == 6);
  // 1000 of each expected, with a standard deviation of sqrt(6000 * 1/6 * 5/6) = 29; five of them allowed.
  for (const auto& [order, count] : counts) CHECK(std::abs(count - draws / 6) < 5 * 29);
}

TEST_CASE("shuffled_indices has orders of none and of one") {
  CHECK(shuffled_indices(0, {}).empty());
  CHECK(shuffled_indices(1, {}) == std::vector<std::int64_t>{0});
}
