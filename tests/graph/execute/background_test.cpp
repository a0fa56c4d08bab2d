#include <retrograph/graph/execute/background.hpp>

#include "support/catch.hpp"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace retrograph;

TEST_CASE("background work is done by who needs it if nobody helps, each chunk once") {
  BackgroundLoop loop;
  std::vector<int> calls(1000, 0);
  const auto count = [&](std::int64_t chunk) { ++calls[static_cast<std::size_t>(chunk)]; };
  for (int round = 1; round <= 3; ++round) {
    loop.start(1000, tasks::Function{count});
    CHECK(tasks::has_background_work());
    loop.finish();
    CHECK_FALSE(tasks::has_background_work());
    loop.finish();  // there is nothing left
    CHECK(calls == std::vector<int>(1000, round));
  }
}

TEST_CASE(
    "idle helpers of an arena do background work while nothing else is to be done, also for small runs") {
  tasks::Arena arena{2};
  BackgroundLoop loop;
  std::atomic<int> elsewhere = 0;
  const auto me = std::this_thread::get_id();
  const auto work = [&](std::int64_t) { elsewhere += std::this_thread::get_id() != me; };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (elsewhere == 0 && std::chrono::steady_clock::now() < deadline) {
    loop.start(4, tasks::Function{work});
    arena.run_alone([&] { std::this_thread::sleep_for(std::chrono::milliseconds{1}); });
    loop.finish();
  }
  CHECK(elsewhere > 0);
}

TEST_CASE("each chunk of background work is done once beside any number of runs") {
  tasks::Arena arena{3};
  std::vector<std::atomic<int>> calls(64);
  std::vector<std::int64_t> sums(64);
  for (int round = 0; round < 2000; ++round) {
    BackgroundLoop loop;
    const auto work = [&](std::int64_t chunk) { ++calls[static_cast<std::size_t>(chunk)]; };
    loop.start(64, tasks::Function{work});
    arena.run([&] {
      const auto body = [&](std::int64_t chunk) { sums[static_cast<std::size_t>(chunk)] += chunk; };
      tasks::run_chunks(64, tasks::Function{body});
    });
    if (round % 2 == 0) loop.finish();  // else when it goes
  }
  for (std::size_t chunk = 0; chunk < 64; ++chunk) {
    CHECK(calls[chunk] == 2000);
    CHECK(sums[chunk] == 2000 * static_cast<std::int64_t>(chunk));
  }
}

TEST_CASE("what background work throws comes out where it is needed, and the next goes on") {
  BackgroundLoop loop;
  const auto refuse = [](std::int64_t chunk) {
    if (chunk == 3) throw std::runtime_error{"chunk 3"};
  };
  loop.start(10, tasks::Function{refuse});
  CHECK_THROWS_WITH(loop.finish(), "chunk 3");
  int calls = 0;
  const auto count = [&](std::int64_t) { ++calls; };
  loop.start(10, tasks::Function{count});
  loop.finish();
  CHECK(calls == 10);
  BackgroundLoop abandoned;
  abandoned.start(10, tasks::Function{refuse});  // ends without a word
}

TEST_CASE("there may be more background loops than helpers look at") {
  std::vector<std::unique_ptr<BackgroundLoop>> loops;
  int calls = 0;
  const auto count = [&](std::int64_t) { ++calls; };
  for (int i = 0; i < 20; ++i)
    loops.emplace_back(std::make_unique<BackgroundLoop>())->start(2, tasks::Function{count});
  loops.clear();
  CHECK(calls == 40);
}
