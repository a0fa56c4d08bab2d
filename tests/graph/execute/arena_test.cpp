#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/graph/execute/task_graph.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/catch.hpp"
#include "support/programs.hpp"
#include <dlfcn.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// How often each of some things has happened, counted by any thread.
class Counts {
 public:
  explicit Counts(std::size_t size) : counts_(size) {}
  void add(std::int64_t index) { ++counts_[static_cast<std::size_t>(index)]; }
  bool are_all(int count) const {
    return std::all_of(counts_.begin(), counts_.end(), [=](const auto& other) { return other == count; });
  }

 private:
  std::vector<std::atomic<int>> counts_;
};

/// Chains of steps beside each other, each step a task of its own, and a sum of all.
Program chains(Graph& graph, int count, int length) {
  const auto x = graph.input("x", {300, 300});
  Tensor total = x;
  for (int chain = 0; chain < count; ++chain) {
    Tensor y = x * static_cast<double>(chain);
    for (int step = 0; step < length; ++step) y = y + sum(y);
    total = total + y;
  }
  return pruned(total);
}

}  // namespace

TEST_CASE("a shared loop runs every chunk once, for any number of chunks and threads") {
  for (const int threads : {1, 2, 3, 8}) {
    tasks::Arena arena{threads};
    CHECK(arena.threads() == threads);
    for (const std::int64_t chunks : {1, 2, 3, 15, 16, 17, 31, 32, 33, 127, 128, 129, 1000, 100'000}) {
      Counts counts{static_cast<std::size_t>(chunks)};
      arena.run([&] {
        for (int round = 0; round < 3; ++round)
          parallel_for_chunks(chunks, [&](std::int64_t chunk) { counts.add(chunk); });
      });
      CHECK(counts.are_all(3));
    }
  }
}

TEST_CASE("a loop within a loop, and one outside of an arena, run every chunk once") {
  Counts outer{20}, inner{400}, alone{10};
  tasks::Arena arena{3};
  arena.run([&] {
    parallel_for_chunks(20, [&](std::int64_t i) {
      outer.add(i);
      parallel_for_chunks(20, [&](std::int64_t j) { inner.add(20 * i + j); });
    });
  });
  parallel_for_chunks(10, [&](std::int64_t i) { alone.add(i); });
  CHECK(outer.are_all(1));
  CHECK(inner.are_all(1));
  CHECK(alone.are_all(1));
}

TEST_CASE("a loop is over only when the chunks that others run are") {
  using namespace std::chrono_literals;
  std::atomic<bool> started{false}, over{false};
  tasks::Arena arena{2};
  arena.run([&] {
    parallel_for_chunks(2, [&](std::int64_t chunk) {
      if (chunk == 0) {  // until the other thread has the other chunk; it comes late where many programs run
        for (int wait = 0; wait < 5000 && !started; ++wait) std::this_thread::sleep_for(1ms);
      } else {
        started = true;
        std::this_thread::sleep_for(20ms);
        over = true;
      }
    });
    CHECK(over);
  });
}

TEST_CASE("what a chunk throws is thrown by its loop, and the next loop is whole") {
  tasks::Arena arena{2};
  for (int round = 0; round < 50; ++round)
    arena.run([&] {
      CHECK_THROWS_AS(parallel_for_chunks(100,
                                          [&](std::int64_t chunk) {
                                            if (chunk == round) throw FeedError{"no"};
                                          }),
                      FeedError);
      Counts counts{100};
      parallel_for_chunks(100, [&](std::int64_t chunk) { counts.add(chunk); });
      CHECK(counts.are_all(1));
    });
}

TEST_CASE("the tasks of a graph run once, each after those it waits for, with loops within") {
  Graph graph;
  const auto program = chains(graph, 6, 5);
  const Schedule schedule{program};
  REQUIRE(schedule.task_count() > 20);
  TaskGraph task_graph{schedule};
  for (const int threads : {2, 3, 8}) {
    tasks::Arena arena{threads};
    for (int round = 0; round < 20; ++round) {
      Counts runs{schedule.task_count()}, chunks{schedule.task_count()}, early{1};
      std::vector<std::atomic<bool>> over(schedule.task_count());
      std::vector<std::vector<std::uint32_t>> predecessors(schedule.task_count());
      for (std::uint32_t task = 0; task < schedule.task_count(); ++task)
        for (const auto successor : schedule.successors(task)) predecessors[successor].push_back(task);
      arena.run(task_graph, [&](std::int64_t task) {
        runs.add(task);
        for (const auto predecessor : predecessors[static_cast<std::size_t>(task)])
          if (!over[predecessor]) early.add(0);
        parallel_for_chunks(40, [&](std::int64_t) { chunks.add(task); });
        over[static_cast<std::size_t>(task)] = true;
      });
      CHECK(runs.are_all(1));
      CHECK(chunks.are_all(40));
      CHECK(early.are_all(0));
    }
  }
}

TEST_CASE("no task starts after one that threw on which it waits, and the next run is whole") {
  Graph graph;
  const auto program = chains(graph, 6, 5);
  const Schedule schedule{program};
  TaskGraph task_graph{schedule};
  const Precedence precedes{schedule};
  tasks::Arena arena{3};
  for (std::uint32_t failing = 0; failing < schedule.task_count(); ++failing) {
    std::vector<std::atomic<bool>> started(schedule.task_count());
    CHECK_THROWS_AS(arena.run(task_graph,
                              [&](std::int64_t task) {
                                started[static_cast<std::size_t>(task)] = true;
                                if (task == failing) throw FeedError{"no"};
                              }),
                    FeedError);
    for (std::uint32_t task = 0; task < schedule.task_count(); ++task)
      if (task != failing && precedes(schedule.steps(failing)[0], schedule.steps(task)[0]))
        CHECK_FALSE(started[task]);
    Counts runs{schedule.task_count()};
    arena.run(task_graph, [&](std::int64_t task) { runs.add(task); });
    CHECK(runs.are_all(1));
  }
}

TEST_CASE("OpenMP may start no threads within an arena, and again as many as before after it") {
  // Of the runtime that the matrix library brings along, so that it need not be named when this is linked.
  const auto allowed = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "omp_get_max_threads"));
  REQUIRE(allowed);
  const auto before = allowed();
  std::atomic<bool> is_one{true};
  const auto note = [&] {
    if (allowed() != 1) is_one = false;
  };
  tasks::Arena arena{3};
  arena.run_alone(note);
  arena.run([&] {
    parallel_for_chunks(1000, [&](std::int64_t) {
      note();
      std::this_thread::sleep_for(std::chrono::microseconds{20});  // so that others take some
    });
  });
  CHECK(is_one);
  CHECK(allowed() == before);
}

TEST_CASE("an arena may go while its threads are still awake, or not yet") {
  for (int round = 0; round < 200; ++round) {
    tasks::Arena arena{3};
    Counts counts{2};
    arena.run([&] { parallel_for_chunks(2, [&](std::int64_t chunk) { counts.add(chunk); }); });
    CHECK(counts.are_all(1));
  }
}

TEST_CASE("arenas of as many threads run side by side, and within one another") {
  constexpr int arenas = 4, rounds = 200;
  constexpr std::int64_t chunks = 20;
  std::vector<Counts> counts;
  for (int i = 0; i < arenas; ++i) counts.emplace_back(chunks);
  std::vector<std::thread> users;
  for (int user = 0; user < arenas; ++user)
    users.emplace_back([&, user] {
      tasks::Arena arena{2};
      const auto count = [&](std::int64_t chunk) { counts[static_cast<std::size_t>(user)].add(chunk); };
      for (int round = 0; round < rounds; ++round) {
        arena.run([&] { parallel_for_chunks(chunks, count); });
        arena.run([&] { arena.run([&] { parallel_for_chunks(chunks, count); }); });
      }
    });
  for (auto& user : users) user.join();
  for (const auto& of_user : counts) CHECK(of_user.are_all(2 * rounds));
}
