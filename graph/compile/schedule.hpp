#pragma once

#include <retrograph/graph/compile/program.hpp>

namespace retrograph {

/// Steps that one thread runs in order, and the tasks that may start once they are done.
struct Task {
  std::vector<std::uint32_t> steps;
  std::vector<std::uint32_t> successors;
  std::uint32_t predecessor_count = 0;
  std::uint32_t level = 0;  // the longest way here from a task without predecessors
};

/// A partition of a program's steps into tasks worth a thread's attention. Depends on shapes, not on threads.
class Schedule {
 public:
  explicit Schedule(const Program& program);

  const std::vector<Task>& tasks() const { return tasks_; }
  /// An order in which one thread may run all tasks.
  const std::vector<std::uint32_t>& serial_order() const { return order_; }

  /// True if `first` is surely over when `second` starts, given that every task waits for those that `wait`
  /// named.
  bool runs_before(std::uint32_t first, std::uint32_t second) const;
  /// Makes the task of `second` wait for the task of `first`; `runs_before` must hold.
  void wait(std::uint32_t second, std::uint32_t first);

 private:
  void group_steps(const Program& program);
  void connect_tasks(const Program& program);
  void find_levels();

  std::vector<Task> tasks_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> task_of_, position_;  // of a step
};

}  // namespace retrograph
