#pragma once

#include <cstddef>

namespace retrograph {

/// What a plan is made of.
struct PlanSize {
  std::size_t steps = 0, tasks = 0;
  std::size_t bytes = 0;        // of the buffers between steps
  std::size_t least_bytes = 0;  // alive at once in this order: no placement needs fewer
};

}  // namespace retrograph
