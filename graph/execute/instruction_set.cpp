#include <retrograph/graph/execute/instruction_set.hpp>

#include <algorithm>
#include <atomic>

namespace retrograph::detail {
namespace {

InstructionSet of_this_machine() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return InstructionSet::avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return InstructionSet::avx2;
#endif
  return InstructionSet::baseline;
}

std::atomic<InstructionSet>& widest() {
  static std::atomic<InstructionSet> set{of_this_machine()};
  return set;
}

}  // namespace

InstructionSet instruction_set() {
  return widest().load(std::memory_order_relaxed);
}

void limit_instruction_set(InstructionSet limit) {
  widest().store(std::min(limit, of_this_machine()), std::memory_order_relaxed);
}

}  // namespace retrograph::detail
