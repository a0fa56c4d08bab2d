#pragma once

#include <retrograph/graph/execute/arena.hpp>

#include <atomic>
#include <exception>

namespace retrograph::tasks {

/// A loop of one thread in which others may help, and then the next one. The owner takes pieces of it from
/// the front and the others from the back, so that in one loop after the other a thread meets about the same
/// numbers, which are in its cache. No locks.
class alignas(64) SharedLoop {
 public:
  /// For the owner: all of a loop, in about `pieces` pieces.
  void run(std::int64_t chunks, std::int64_t pieces, const Function& body) {
    open(chunks, pieces, body);
    finish();
  }
  /// For the owner: from now on others may help. `body` must live until the loop is finished.
  void open(std::int64_t chunks, std::int64_t pieces, const Function& body);
  /// For the owner: does the pieces that are left and waits for those under way.
  void finish();
  /// For others: a piece of the loop that is open, if there is one. True if so.
  bool help();

 private:
  enum class End { front, back };
  bool run_piece(End end);
  void run_chunks_of(std::int64_t piece);

  // 32 bits that tell loops apart, 16 bits for the first piece that nobody has taken, 16 for the end of
  // those. Who takes a piece has found the loop open, and it stays open until that piece is over.
  std::atomic<std::uint64_t> ticket_{0};
  std::atomic<std::int64_t> unfinished_{0};
  std::atomic<bool> failed_{false};
  std::exception_ptr error_;
  const Function* body_ = nullptr;
  std::int64_t chunks_ = 0, pieces_ = 0;
};

}  // namespace retrograph::tasks
