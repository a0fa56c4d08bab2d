#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>

namespace by_hand {

/// One or two threads that do the same work together. They wait for each other in a loop, so that a hand-over
/// takes a fraction of a microsecond; only after some milliseconds do they sleep.
class Team {
 public:
  explicit Team(int threads) : threads_{threads} {
    if (threads_ == 2) helper_ = std::thread{[this] { help(); }};
  }
  ~Team() {
    if (threads_ == 1) return;
    body_ = nullptr;
    barrier();
    helper_.join();
  }
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int threads() const { return threads_; }

  /// Calls `body(thread)` on each thread, and waits for all.
  void run(const std::function<void(int)>& body) {
    body_ = &body;
    barrier();
    body(0);
    barrier();
  }

  /// Until every thread is here.
  void barrier() {
    if (threads_ == 1) return;
    const auto round = round_.load(std::memory_order_relaxed);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) == 1) {
      arrived_.store(0, std::memory_order_relaxed);
      round_.store(round + 1, std::memory_order_release);
      round_.notify_one();
      return;
    }
    for (int spins = 0; spins < 20'000; ++spins) {
      if (round_.load(std::memory_order_acquire) != round) return;
      if (spins < 10'000)
        pause();
      else
        std::this_thread::yield();  // perhaps the other one has no processor
    }
    round_.wait(round, std::memory_order_acquire);
  }

 private:
  static void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }

  void help() {
    for (;;) {
      barrier();
      if (!body_) return;
      (*body_)(1);
      barrier();
    }
  }

  int threads_;
  const std::function<void(int)>* body_ = nullptr;
  alignas(64) std::atomic<std::uint32_t> arrived_{0};
  alignas(64) std::atomic<std::uint32_t> round_{0};
  std::thread helper_;
};

}  // namespace by_hand
