#pragma once

#include <retrograph/graph/execute/arena.hpp>

#include <memory>

namespace retrograph {

namespace tasks {
class SharedLoop;
}

/// Work beside the runs of executables, such as to prepare the next batch: their helpers do pieces of it
/// while they find nothing to do in a run, and whoever needs the work done does the rest.
class BackgroundLoop {
 public:
  BackgroundLoop();
  /// Waits for what is under way.
  ~BackgroundLoop();
  BackgroundLoop(const BackgroundLoop&) = delete;
  BackgroundLoop& operator=(const BackgroundLoop&) = delete;

  /// Has `body(0)` to `body(chunks - 1)` called, each once and by any thread, from now on. The loop before
  /// must be finished, and the body live until this one is. A helper in a chunk is away from its run, so a
  /// chunk should take a few microseconds.
  void start(std::int64_t chunks, tasks::Function body);
  /// Calls it for the chunks that nobody has begun, and waits for the others. What one throws is passed on.
  void finish();

 private:
  std::unique_ptr<tasks::SharedLoop> own_;  // where no helper looks: all other places were taken
  tasks::SharedLoop* loop_;
  tasks::Function body_;
  bool is_open_ = false;
};

namespace tasks {

/// Whether there may be background work to do.
bool has_background_work();
/// Does a piece of it. False if there was none.
bool help_in_background();

}  // namespace tasks
}  // namespace retrograph
