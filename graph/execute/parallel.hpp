#pragma once

#include <retrograph/graph/execute/tasks.hpp>

#include <atomic>
#include <cstdint>

namespace retrograph {

/// Calls `body(chunk)` for each chunk in 0 .. chunks-1, on the threads of the arena that runs the graph.
/// What a chunk is must depend on shapes alone, so that results have the same bits for any number of threads.
template <class F>
void parallel_for_chunks(std::int64_t chunks, F&& body) {
  if (chunks == 1) return body(std::int64_t{0});
  // What one thread wrote before is seen by the others, and the other way round after: oneTBB promises it,
  // the counter says it in terms that ThreadSanitizer can follow through a library that it was not built
  // into.
  std::atomic<std::int64_t> done{0};
  const auto call = [&](std::int64_t chunk) {
    done.load(std::memory_order_acquire);
    body(chunk);
    done.fetch_add(1, std::memory_order_release);
  };
  tasks::run_chunks(
      chunks, {&call, [](const void* f, std::int64_t chunk) { (*static_cast<decltype(call)*>(f))(chunk); }});
  done.load(std::memory_order_acquire);
}

/// Calls `body(begin, end)` for consecutive ranges of `grain` (the last may be shorter) that cover 0 ..
/// count-1.
template <class F>
void parallel_for(std::int64_t count, std::int64_t grain, F&& body) {
  if (count <= 0) return;
  parallel_for_chunks((count + grain - 1) / grain, [&](std::int64_t chunk) {
    const auto begin = chunk * grain;
    body(begin, begin + grain < count ? begin + grain : count);
  });
}

}  // namespace retrograph
