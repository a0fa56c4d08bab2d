#pragma once

#include <memory>

#if defined(__SANITIZE_THREAD__)
#define RETROGRAPH_THREAD_SANITIZER
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define RETROGRAPH_THREAD_SANITIZER
#endif
#endif

#ifdef RETROGRAPH_THREAD_SANITIZER
#include <atomic>
#include <cstdint>
#endif

/// oneTBB, from which the threads of all executables come, and OpenMP's setting: the only place that includes
/// them, and the only one that ThreadSanitizer must not look into, since Debian's oneTBB is not built with
/// it. What the threads then share among themselves is plain C++: see crew.cpp.
namespace retrograph::tasks {

/// Work for a thread that is called.
class Job {
 public:
  virtual ~Job() = default;
  virtual void run(int number) = 0;
};

/// 0: as many as the machine has.
int thread_count(int wanted);

/// Threads beside the one that asks, which counts as one of them.
class Threads {
 public:
  explicit Threads(int count);
  ~Threads();
  Threads(Threads&&) noexcept;
  Threads& operator=(Threads&&) noexcept;

  int count() const;
  /// Has `job->run(number)` called on a thread of its own as soon as one is free, on which OpenMP starts no
  /// others. The job must not throw, and must bear being called late, even after this object is gone.
  void call(Job& job, int number);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// While it lives, OpenMP, which the matrix library below is built on, starts no threads for this one.
class OneOpenMpThread {
 public:
  OneOpenMpThread();
  ~OneOpenMpThread();
  OneOpenMpThread(const OneOpenMpThread&) = delete;
  OneOpenMpThread& operator=(const OneOpenMpThread&) = delete;

 private:
  int former_;
};

/// oneTBB promises that a job sees what was written before it was called. ThreadSanitizer cannot follow that
/// through a library that it was not built into; `publish` before the call and `receive` first in the job
/// tell it so, and are nothing in other builds.
#ifdef RETROGRAPH_THREAD_SANITIZER
inline std::atomic<std::uint64_t> hand_overs{0};
inline void publish() {
  hand_overs.fetch_add(1, std::memory_order_release);
}
inline void receive() {
  hand_overs.load(std::memory_order_acquire);
}
#else
inline void publish() {}
inline void receive() {}
#endif

}  // namespace retrograph::tasks
