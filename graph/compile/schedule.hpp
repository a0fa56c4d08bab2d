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
  /// A number that is higher than those of all tasks that a task waits for. A task may be made to wait for
  /// any of a lower stage; tasks of one stage, which are not too many, may run at once.
  std::uint32_t stage(std::uint32_t task) const { return stages_[task]; }
  std::uint32_t task_of(std::uint32_t step) const { return task_of_[step]; }
  /// An order in which one thread may run all tasks, by their stages.
  const std::vector<std::uint32_t>& serial_order() const { return order_; }

  /// Who is to run the tasks: one thread, where steps are too small to be shared and tasks follow one
  /// another; one that others help in the loops of its steps; or all of them, each its own tasks.
  enum class Sharing { nothing, loops, tasks };
  Sharing sharing() const { return sharing_; }

  /// Makes the task of `second` wait for that of `first`, which is of a lower stage or the same task; counts
  /// once `connect` is called.
  void wait(std::uint32_t second, std::uint32_t first) { add_edge(task_of_[first], task_of_[second]); }
  void connect();

 private:
  void add_edge(std::uint32_t from, std::uint32_t to);
  void find_stages();
  void choose_sharing(const std::vector<double>& costs);

  struct Edge {
    std::uint32_t from, to;
  };
  Sharing sharing_ = Sharing::nothing;
  std::vector<std::uint32_t> task_of_;  // of each step
  Lists steps_;                         // of each task
  std::vector<Edge> edges_;
  Lists successors_;
  std::vector<std::uint32_t> predecessor_counts_, stages_, order_;
};

}  // namespace retrograph
