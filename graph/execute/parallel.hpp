#pragma once

#include <retrograph/graph/execute/arena.hpp>
#include <retrograph/graph/execute/profiled_step.hpp>

namespace retrograph {

/// Calls `body(chunk)` for each chunk in 0 .. chunks-1, on the threads of the arena that runs the graph.
/// What a chunk is must depend on shapes alone, so that results have the same bits for any number of threads.
template <class F>
void parallel_for_chunks(std::int64_t chunks, F&& body) {
  if (chunks == 1) return body(std::int64_t{0});
  if (const auto* step = ProfiledStep::current()) [[unlikely]] {
    const auto noted = [&](std::int64_t chunk) { step->run_chunk(chunk, body); };
    tasks::run_chunks(chunks, tasks::Function{noted});
  } else {
    tasks::run_chunks(chunks, tasks::Function{body});
  }
}

/// Calls `body(begin, end)` for consecutive ranges of `grain` (the last may be shorter) that cover 0 ..
/// count-1.
template <class F>
void parallel_for(std::int64_t count, std::int64_t grain, F&& body) {
  if (count <= 0) return;
  if (count <= grain) return body(std::int64_t{0}, count);
  parallel_for_chunks((count + grain - 1) / grain, [&](std::int64_t chunk) {
    const auto begin = chunk * grain;
    body(begin, begin + grain < count ? begin + grain : count);
  });
}

}  // namespace retrograph
