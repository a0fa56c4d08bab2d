#pragma once

#include <cstdint>
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
#endif

/// oneTBB, behind plain function pointers: the only place that includes it, and the only one that
/// ThreadSanitizer must not look into, since Debian's library is not built with it.
namespace retrograph::tasks {

// oneTBB promises that a task sees what was written before it was started, and that whoever waits for it sees
// what it wrote. ThreadSanitizer cannot follow that through a library that it was not built into; these two
// tell it so, and are nothing in other builds.
#ifdef RETROGRAPH_THREAD_SANITIZER
inline std::atomic<std::uint64_t> hand_overs{0};
/// Before a task is started, and at its end.
inline void publish() {
  hand_overs.fetch_add(1, std::memory_order_release);
}
/// First in a task, and after waiting for it.
inline void receive() {
  hand_overs.load(std::memory_order_acquire);
}
#else
inline void publish() {}
inline void receive() {}
#endif

/// Also when what runs meanwhile throws.
struct PublishAtEnd {
  ~PublishAtEnd() { publish(); }
};

/// A function of a number, held by address: whoever made it keeps it alive.
class Function {
 public:
  template <class F>
  explicit Function(const F& body)
      : object_{&body}, call_{[](const void* object, std::int64_t number) {
          receive();
          const PublishAtEnd guard;
          (*static_cast<const F*>(object))(number);
        }} {}

  void operator()(std::int64_t number) const { call_(object_, number); }

 private:
  const void* object_;
  void (*call_)(const void* object, std::int64_t number);
};

/// Calls `body(0)` to `body(chunks - 1)`, at once where threads are free, and waits for all.
void run_chunks(std::int64_t chunks, Function body);

/// Tasks that may start more tasks.
class Group {
 public:
  Group();
  ~Group();
  /// Hands `body(number)` to the threads of the arena.
  void start(Function body, std::int64_t number) {
    publish();
    hand_out(body, number);
  }
  /// Until all are over; what one of them threw is thrown.
  void wait() {
    wait_for_all();
    receive();
  }

 private:
  void hand_out(Function body, std::int64_t number);
  void wait_for_all();

  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// The threads of one executable. Each lets OpenMP, which the matrix library below is built on, start no
/// threads of its own while it is in here.
class Arena {
 public:
  /// 0: as many threads as the machine has.
  explicit Arena(int threads);
  ~Arena();
  Arena(Arena&&) noexcept;
  Arena& operator=(Arena&&) noexcept;

  int threads() const;
  /// Calls `body()` on a thread of the arena; what it throws is passed on.
  template <class F>
  void run(const F& body) {
    publish();
    enter(Function{[&](std::int64_t) { body(); }});
    receive();
  }

 private:
  void enter(Function body);

  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace retrograph::tasks
