#pragma once

#include <retrograph/graph/compile/lists.hpp>
#include <retrograph/graph/compile/program.hpp>

namespace retrograph {

/// A partition of a program's steps into tasks worth a thread's attention: one thread runs the steps of a
/// task in order. Depends on shapes, not on threads. Tasks are numbered so that each comes after those it
/// waits for.
class Schedule {
 public:
  explicit Schedule(const Program& program);

  std::uint32_t task_count() const { return static_cast<std::uint32_t>(steps_.size()); }
  std::span<const std::uint32_t> steps(std::uint32_t task) const { return steps_[task]; }
  /// The tasks that wait for this one, each once.
  std::span<const std::uint32_t> successors(std::uint32_t task) const { return successors_[task]; }
  std::uint32_t predecessor_count(std::uint32_t task) const { return predecessor_counts_[task]; }
  /// The longest way to a task from one that waits for none, before `wait` was called.
  std::uint32_t level(std::uint32_t task) const { return levels_[task]; }
  std::uint32_t task_of(std::uint32_t step) const { return task_of_[step]; }
  /// An order in which one thread may run all tasks, by their levels.
  const std::vector<std::uint32_t>& serial_order() const { return order_; }

  /// True if the whole program is little more than what is worth one thread's attention.
  bool is_small() const { return is_small_; }

  /// Makes the task of `second` wait for that of `first`, which is of a lower level or the same task; counts
  /// once `connect` is called.
  void wait(std::uint32_t second, std::uint32_t first) { add_edge(task_of_[first], task_of_[second]); }
  void connect();

 private:
  void add_edge(std::uint32_t from, std::uint32_t to);
  void find_levels();

  struct Edge {
    std::uint32_t from, to;
  };
  bool is_small_ = false;
  std::vector<std::uint32_t> task_of_;  // of each step
  Lists steps_;                         // of each task
  std::vector<Edge> edges_;
  Lists successors_;
  std::vector<std::uint32_t> predecessor_counts_, levels_, order_;
};

}  // namespace retrograph
