#include "peak.hpp"

#include <retrograph/graph/execute/instruction_set.hpp>
#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/ops/kernels/vectors.hpp>

#include <algorithm>
#include <chrono>

namespace retrograph::program {
namespace {

constexpr int steps = 200'000;
constexpr int sums = 12;  // enough to hide how long one operation takes, few enough for 16 registers

template <int bytes>
struct MultiplyAdd {
  [[gnu::always_inline]] static void run(const volatile float* half, volatile float* result) {
    Vector<float, bytes> all[sums], factor = *half - Vector<float, bytes>{}, term = factor + factor;
    for (int i = 0; i < sums; ++i) all[i] = factor * static_cast<float>(i);
    for (int step = 0; step < steps; ++step)
#pragma GCC unroll 16
      for (int i = 0; i < sums; ++i) all[i] = all[i] * factor + term;
    for (int i = 1; i < sums; ++i) all[0] += all[i];
    *result = sum_of_lanes<float, bytes>(all[0]);
  }
};

/// Numbers in a vector of the machine.
template <int bytes>
struct Lanes {
  [[gnu::always_inline]] static void run(int* result) { *result = static_cast<int>(lanes<float, bytes>); }
};

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

double measured_peak(int threads) {
  constexpr int tries = 20;
  int width = 1;
  run_on_widest_vectors<Lanes>(&width);
  double best = 0;
  tasks::Arena arena{threads};
  arena.run([&] {
    for (int attempt = 0; attempt < tries; ++attempt) {
      const auto start = seconds_now();
      parallel_for_chunks(threads, [&](std::int64_t) {
        const volatile float half = 0.5f;
        volatile float result = 0;
        run_on_widest_vectors<MultiplyAdd>(&half, &result);
      });
      best = std::max(best, 2.0 * sums * width * steps * threads / (seconds_now() - start));
    }
  });
  return best;
}

}  // namespace retrograph::program
