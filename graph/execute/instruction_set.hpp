#pragma once

#include <utility>

namespace retrograph {

/// Runs a loop compiled for the widest vectors that the machine has.
///
/// `Loop` is a class template over the bytes of a vector register, with
///
///     [[gnu::always_inline]] static void run(arguments...);
///
/// It is compiled once for each instruction set, so that one library serves every machine. What it calls must
/// be inlined into it, and so not be a lambda: other functions keep the instruction set they were compiled
/// for.
template <template <int> class Loop, class... Arguments>
void run_on_widest_vectors(const Arguments&... arguments);

namespace detail {

enum class InstructionSet { baseline, avx2, avx512 };
/// The widest of this machine.
InstructionSet instruction_set();
/// As on a machine that has no wider ones, until it is called again: so that tests on one machine reach all
/// loops.
void limit_instruction_set(InstructionSet widest);

#if defined(__x86_64__)
template <template <int> class Loop, class... Arguments>
[[gnu::target("avx2,fma"), gnu::noinline]] void run_on_avx2(const Arguments&... arguments) {
  Loop<32>::run(arguments...);
}
template <template <int> class Loop, class... Arguments>
[[gnu::target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"), gnu::noinline]] void run_on_avx512(
    const Arguments&... arguments) {
  Loop<64>::run(arguments...);
}
#endif

}  // namespace detail

template <template <int> class Loop, class... Arguments>
void run_on_widest_vectors(const Arguments&... arguments) {
#if defined(__x86_64__)
  switch (detail::instruction_set()) {
    case detail::InstructionSet::avx512:
      return detail::run_on_avx512<Loop>(arguments...);
    case detail::InstructionSet::avx2:
      return detail::run_on_avx2<Loop>(arguments...);
    case detail::InstructionSet::baseline:
      break;
  }
#endif
  Loop<16>::run(arguments...);
}

/// From within a loop over vectors of so many bytes: has another one run; where they have more than 16,
/// as a function of its own, whose numbers need not share the registers with those of the caller.
template <int bytes, template <int> class Loop, class... Arguments>
[[gnu::always_inline]] inline void run_apart(const Arguments&... arguments) {
#if defined(__x86_64__)
  if constexpr (bytes == 64)
    detail::run_on_avx512<Loop>(arguments...);
  else if constexpr (bytes == 32)
    detail::run_on_avx2<Loop>(arguments...);
  else
#endif
    Loop<bytes>::run(arguments...);
}

}  // namespace retrograph
