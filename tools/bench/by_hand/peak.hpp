#pragma once

#include "../measure.hpp"
#include "buffer.hpp"
#include "product.hpp"
#include "team.hpp"

namespace BY_HAND_NAMESPACE {

/// Fused multiply-adds a second that the threads make in registers alone, in
/// operations a second: the best of several tries.
inline double measured_peak(by_hand::Team& team) {
  constexpr int sums = lanes == 16 ? 24 : 12, steps = 1'000'000;
  double best = 0;
  for (int attempt = 0; attempt < 5; ++attempt) {
    const auto start = bench::seconds_now();
    team.run([&](int) {
      Vector all[sums];
      for (int i = 0; i < sums; ++i) all[i] = broadcast(static_cast<float>(i));
      Vector a = broadcast(0.5f), b = broadcast(1.0f);
      for (int step = 0; step < steps; ++step) {
        __asm__ volatile("" : "+v"(a), "+v"(b));
#pragma GCC unroll 32
        for (int i = 0; i < sums; ++i) all[i] = all[i] * a + b;
      }
      for (int i = 0; i < sums; ++i) __asm__ volatile("" : "+v"(all[i]));
    });
    const auto flop = 2.0 * sums * lanes * steps * team.threads();
    const auto rate = flop / (bench::seconds_now() - start);
    best = rate > best ? rate : best;
  }
  return best;
}

/// Bytes a second that the threads read and write of memory, in a = b + c of
/// arrays larger than the caches: the best of several tries. What a write reads
/// before it is not counted.
inline double measured_bandwidth(by_hand::Team& team) {
  constexpr std::size_t count = std::size_t{1} << 24;
  by_hand::Buffer a{count}, b{count}, c{count};
  double best = 0;
  for (int attempt = 0; attempt < 5; ++attempt) {
    const auto start = bench::seconds_now();
    team.run([&](int thread) {
      const auto half = team.threads() == 1 ? count : count / 2;
      const auto end = thread == 0 ? half : count;
      for (auto i = thread == 0 ? 0 : half; i < end; i += lanes)
        store(load(b.data() + i) + load(c.data() + i), a.data() + i);
    });
    const auto rate = 3.0 * sizeof(float) * count / (bench::seconds_now() - start);
    best = rate > best ? rate : best;
  }
  return best;
}

}  // namespace BY_HAND_NAMESPACE
