#pragma once

#include <cstdint>
#include <memory>

namespace retrograph {

class TaskGraph;

namespace tasks {

/// A function of a number, held by address: whoever made it keeps it alive.
class Function {
 public:
  template <class F>
  explicit Function(const F& body)
      : object_{&body}, call_{[](const void* object, std::int64_t number) {
          (*static_cast<const F*>(object))(number);
        }} {}

  void operator()(std::int64_t number) const { call_(object_, number); }

 private:
  const void* object_;
  void (*call_)(const void* object, std::int64_t number);
};

/// Calls `body(0)` to `body(chunks - 1)` and waits for all: at once where the threads of the arena that this
/// one runs in are free, or one after the other outside of an arena.
void run_chunks(std::int64_t chunks, Function body);

/// The threads of an executable. The thread that runs something does so itself and is helped by the others,
/// which stay awake for a while after that: waking one takes longer than many a step. So they are those that
/// have helped another arena of as many threads before, unless that still runs. Nobody waits for a thread
/// that has not come yet.
///
/// Each lets OpenMP, which the matrix library below is built on, start no threads of its own while it is in
/// here.
class Arena {
 public:
  /// 0: as many threads as the machine has.
  explicit Arena(int threads);
  ~Arena();
  Arena(Arena&&) noexcept;
  Arena& operator=(Arena&&) noexcept;

  int threads() const;

  /// Calls `body()`; others help in its loops. What it throws is passed on.
  template <class F>
  void run(const F& body) {
    enter(Function{[&](std::int64_t) { body(); }}, true);
  }
  /// Calls `body()` without help: for what is over before help could come.
  template <class F>
  void run_alone(const F& body) {
    enter(Function{[&](std::int64_t) { body(); }}, false);
  }
  /// Calls `body(task)` for each task of the graph once those that it waits for are over. If one throws, no
  /// other starts, and that is passed on.
  template <class F>
  void run(TaskGraph& graph, const F& body) {
    run_graph(graph, Function{body});
  }

 private:
  void enter(Function body, bool with_help);
  void run_graph(TaskGraph& graph, Function body);

  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tasks
}  // namespace retrograph
