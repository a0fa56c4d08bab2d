#pragma once

#include "../measure.hpp"

// All workloads, with vectors of so many bytes.
namespace by_hand_64 {
void run(bench::Options options);
}
namespace by_hand_32 {
void run(bench::Options options);
}
namespace by_hand_16 {
void run(bench::Options options);
}
