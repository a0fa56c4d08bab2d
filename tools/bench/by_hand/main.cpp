// The workloads of `retrograph bench` as programs without a framework: what is left to gain. See ../compare.

#include "run.hpp"

#include <exception>

int main(int argc, char** argv) {
  const auto options = bench::parse_options(argc, argv);
  try {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
      by_hand_64::run(options);
    else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
      by_hand_32::run(options);
    else
#endif
      by_hand_16::run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "by_hand: %s\n", error.what());
    return 1;
  }
}
