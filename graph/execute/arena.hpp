#pragma once

#include <functional>
#include <memory>

namespace retrograph {

/// The threads of one executable: a oneTBB arena whose threads never let OpenMP, which the matrix library
/// below is built on, start threads of its own.
class Arena {
 public:
  /// 0: as many threads as the machine has.
  explicit Arena(int threads);
  ~Arena();

  int threads() const;
  /// Calls `body` on a thread of the arena; what it throws is passed on.
  void run(const std::function<void()>& body);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace retrograph
