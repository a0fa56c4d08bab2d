#pragma once

#include <cstdint>
#include <memory>

/// oneTBB, behind plain function pointers: the only place that includes it, and the only one that
/// ThreadSanitizer must not look into, since Debian's library is not built with it.
namespace retrograph::tasks {

/// A function to call with a number, and what it works on.
struct Function {
  const void* object;
  void (*call)(const void* object, std::int64_t number);
  void operator()(std::int64_t number) const { call(object, number); }
};

/// Calls `body(0)` to `body(chunks - 1)`, at once where threads are free, and waits for all.
void run_chunks(std::int64_t chunks, Function body);

/// Tasks that may start more tasks.
class Group {
 public:
  Group();
  ~Group();
  /// Hands `body(number)` to the threads of the arena.
  void start(Function body, std::int64_t number);
  /// Until all are over; what one of them threw is thrown.
  void wait();

 private:
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
  /// Calls `body(0)` on a thread of the arena; what it throws is passed on.
  void run(Function body);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace retrograph::tasks
