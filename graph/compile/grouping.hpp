#pragma once

#include <retrograph/graph/compile/lists.hpp>
#include <retrograph/graph/compile/program.hpp>

#include <optional>

namespace retrograph {

/// The steps that each step must come after: those that make its operands and, where it overwrites a
/// parameter, those that read the old numbers; and which steps may fail, if any step overwrites a parameter.
struct Needs {
  explicit Needs(const Program& program);

  Lists steps;
  std::vector<bool> overwrites;  // of each step: a parameter, so that it comes after all that may fail
  std::vector<std::uint32_t> may_fail;
  std::vector<double> costs;
};

/// A task of less work, in the units of Op::cost, takes in the steps that follow it: a few microseconds,
/// many times what it costs to hand a task to another thread.
inline constexpr double task_grain = 50'000;
/// A program of less work is one task: it is over before help would be worth asking for.
inline constexpr double least_shared_work = 4 * task_grain;

/// Puts the steps into tasks, one step after the other.
class Grouping {
 public:
  Grouping(const Program& program, const Needs& needs);

  /// The task of the next step. A step joins the last of the tasks that it needs, so that edges never run
  /// from a later task to an earlier one and the tasks have no cycle; but only if nobody waits longer for it:
  /// the task must not have to wait for more than before, and it must be small, or nothing else may wait for
  /// it.
  std::uint32_t place(std::uint32_t step);

  std::uint32_t task_count() const { return static_cast<std::uint32_t>(tasks_.size()); }
  /// The task after which all steps that may fail are over: one of theirs, or one without steps.
  std::optional<std::uint32_t> gate() const { return gate_; }

 private:
  struct TaskUses {
    std::uint32_t task, uses;
  };
  struct Growing {
    double cost;
    std::uint32_t outside_uses;  // of its steps, by steps that are not in it
    std::uint32_t waits_begin, waits_end;
  };

  void find_tasks_needed(std::uint32_t step);
  std::uint32_t gate_of();
  std::uint32_t new_task();
  std::optional<std::uint32_t> task_to_join() const;
  std::optional<std::uint32_t> small_root() const;
  bool waits_for(const Growing& task, std::uint32_t other) const;

  const Needs& needs_;
  std::vector<std::uint32_t> uses_;  // of each step
  std::vector<Growing> tasks_;
  std::vector<std::uint32_t> waits_;  // of all tasks in turn, in rising order
  std::vector<std::uint32_t> task_of_;
  std::vector<TaskUses> needed_;            // by the step that is placed, in rising order
  std::optional<std::uint32_t> last_root_;  // the last task that waits for none
  std::optional<std::uint32_t> gate_;
  bool one_task_ = false;
};

}  // namespace retrograph
