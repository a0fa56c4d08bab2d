#pragma once

#include <thread>

namespace retrograph::tasks {

/// Waiting for another thread: at first with the processor at hand, then by letting others have it.
class Pause {
 public:
  void operator()() {
    if (++count_ > 2000)
      std::this_thread::yield();
    else
      relax();
  }

 private:
  static void relax() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  int count_ = 0;
};

}  // namespace retrograph::tasks
