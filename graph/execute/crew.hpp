#pragma once

#include <retrograph/graph/execute/arena.hpp>
#include <retrograph/graph/execute/shared_loop.hpp>
#include <retrograph/graph/execute/tasks.hpp>

#include <atomic>
#include <memory>

namespace retrograph::tasks {

/// Threads that work together, and what they share. Helpers own it together with who calls them, for they may
/// come late.
class Crew final : public Job, public std::enable_shared_from_this<Crew> {
 public:
  /// The threads must live as long as something runs.
  explicit Crew(Threads& threads);

  /// False if another thread runs something with this crew.
  bool borrow() { return !is_borrowed_.exchange(true, std::memory_order_acquire); }
  void give_back() { is_borrowed_.store(false, std::memory_order_release); }

  /// Calls the helpers that have gone. Any thread may, also one that has not borrowed the crew.
  void call();
  /// Calls `body(0)`, helped in its loops.
  void lead(Function body);
  /// Has the tasks of the graph run.
  void lead(TaskGraph& graph, Function body);
  /// Runs the chunks of a loop within either of these.
  void run_loop(std::int64_t chunks, Function body);

  /// A helper, until it has found nothing to do for a while.
  void run(int number) override;
  void dismiss() { dismissed_.store(true, std::memory_order_relaxed); }

 private:
  bool help();
  bool work(TaskGraph& graph);
  bool help_beside();
  bool help_in_loops();

  Threads& threads_;  // gone with the Crews: for what runs alone
  int count_;
  std::unique_ptr<SharedLoop[]> loops_;  // of each thread
  std::unique_ptr<std::atomic<bool>[]> is_called_;
  std::atomic<int> away_;
  std::atomic<bool> dismissed_{false}, is_borrowed_{false};
  const Function* body_ = nullptr;  // of the graph
  alignas(64) std::atomic<TaskGraph*> graph_{nullptr};
  alignas(64) std::atomic<int> inside_{0};  // helpers that may be in the graph
};

/// Calls `body(0)` without help in its loops.
void run_without_crew(Function body);

}  // namespace retrograph::tasks
