#include <retrograph/graph/execute/parallel.hpp>

#include <oneapi/tbb/parallel_for.h>

namespace retrograph::detail {

void parallel_chunks(std::int64_t chunks, void* body, void (*call)(void* body, std::int64_t chunk)) {
  tbb::parallel_for(
      std::int64_t{0}, chunks, [=](std::int64_t chunk) { call(body, chunk); }, tbb::simple_partitioner{});
}

}  // namespace retrograph::detail
