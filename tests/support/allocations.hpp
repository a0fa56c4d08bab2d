#pragma once

#include <cstdint>

namespace retrograph::test {

/// How often this thread has asked for memory with `new`, in a program that calls this.
std::int64_t allocations();

}  // namespace retrograph::test
