#include <retrograph/graph/index_table.hpp>

#include "support/catch.hpp"

#include <map>
#include <random>

using namespace retrograph;

TEST_CASE("an index table finds what a map finds, through crowds of one hash and gaps") {
  std::mt19937 random{1};
  IndexTable table;
  std::map<std::uint32_t, std::size_t> hashes;  // of each thing
  for (std::uint32_t round = 0; round < 20'000; ++round) {
    const std::size_t hash = random() % 200;
    if (hashes.size() < 500 || random() % 2 == 0) {
      table.insert(hash, round);
      hashes.emplace(round, hash);
    } else {
      const auto gone = std::next(hashes.begin(), static_cast<std::ptrdiff_t>(random() % hashes.size()));
      table.erase(gone->second, gone->first);
      hashes.erase(gone);
    }
    if (round % 100 == 0)
      for (const auto& [place, hash_of_place] : hashes)
        CHECK(table.find(hash_of_place, [&, wanted = place](std::uint32_t met) { return met == wanted; }) ==
              place);
  }
  std::size_t met = 0;
  for (std::size_t hash = 0; hash < 200; ++hash)
    table.find(hash, [&](std::uint32_t place) {
      met += hashes.contains(place) && hashes[place] == hash ? 1 : 1'000'000;
      return false;
    });
  CHECK(met == hashes.size());
}

TEST_CASE("an index table takes an empty search and a thing it does not have") {
  IndexTable table;
  CHECK(table.find(7, [](std::uint32_t) { return true; }) == IndexTable::none);
  table.insert(7, 3);
  table.erase(7, 4);
  CHECK(table.find(7, [](std::uint32_t) { return true; }) == 3);
  CHECK(table.find(8, [](std::uint32_t) { return true; }) == IndexTable::none);
}
