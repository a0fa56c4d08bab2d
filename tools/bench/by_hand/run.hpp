#pragma once

#include "../measure.hpp"

// All workloads, with vectors of so many bytes.
namespace by_hand_64 {
void run(const bench::Options& options);
}
namespace by_hand_32 {
void run(const bench::Options& options);
}
namespace by_hand_16 {
void run(const bench::Options& options);
}
