#pragma once

#include <retrograph/graph/execute/generated_loop.hpp>

namespace retrograph::test {

/// Says so where none can be.
inline bool can_generate_loops() {
  const bool can = GeneratedLoop::is_available();
  if (!can) WARN("this machine has no AVX-512, or forbids machine code");
  return can;
}

}  // namespace retrograph::test
