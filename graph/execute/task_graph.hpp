#pragma once

#include <retrograph/graph/compile/schedule.hpp>

#include <atomic>
#include <exception>

namespace retrograph {

/// The tasks of a schedule during a run: which are over, and which are ready to start. Several threads take
/// tasks and report them back; no locks.
class TaskGraph {
 public:
  /// The schedule must outlive it.
  explicit TaskGraph(const Schedule& schedule);

  /// Before a run, while no other thread is here.
  void restart();

  /// A task that is ready and nobody has taken yet.
  std::optional<std::uint32_t> take();
  /// After a task: counts down what waits for it. Of the tasks that are ready now one is returned for this
  /// thread to go on with, the others can be taken.
  std::optional<std::uint32_t> finish(std::uint32_t task);
  /// In place of `finish`, if the task threw: the run is over then. The first error is kept.
  void fail(std::exception_ptr error);

  bool is_over() const { return unfinished_.load(std::memory_order_acquire) == 0 || has_failed(); }
  bool has_failed() const { return failed_.load(std::memory_order_relaxed); }
  /// After a run, once all threads have left.
  void rethrow();

 private:
  void offer(std::uint32_t task);

  const Schedule& schedule_;
  std::vector<std::atomic<std::uint32_t>> waiting_for_;  // of each task: tasks that are not over
  // Every task is offered once a run: a list that grows at one end and is taken from the other.
  std::vector<std::atomic<std::uint32_t>> offered_;
  alignas(64) std::atomic<std::uint32_t> offered_count_{0};
  alignas(64) std::atomic<std::uint32_t> taken_count_{0};
  alignas(64) std::atomic<std::uint32_t> unfinished_{0};
  std::atomic<bool> failed_{false};
  std::exception_ptr error_;
};

}  // namespace retrograph
