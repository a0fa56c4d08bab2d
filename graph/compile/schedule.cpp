#include <retrograph/graph/compile/schedule.hpp>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>

namespace retrograph {
namespace {

/// A task of less work, in the units of Op::cost, takes in the steps that follow it: a few microseconds,
/// about fifty times what it costs to hand a task to another thread.
constexpr double task_grain = 20'000;

/// Tasks under construction: what the choice for the next step depends on.
class Grouping {
 public:
  explicit Grouping(const Program& program) : program_{program}, made_by_{producers(program)} {
    uses_.resize(program.steps.size());
    for (const auto& step : program.steps) {
      for (const auto producer : producers_of(step)) ++uses_[producer];
      costs_.push_back(step.op.traits().alias ? 0 : step.op.cost(program.signature(step)));
    }
    one_task_ = std::accumulate(costs_.begin(), costs_.end(), 0.0) < 2 * task_grain;
  }

  /// The task of the next step. A step joins the last of the tasks that it needs, so that edges never run
  /// from a later task to an earlier one and the tasks have no cycle; but only if nobody waits longer for it:
  /// the task must not have to wait for more than before, and it must be small, or nothing else may wait for
  /// it.
  std::uint32_t place(std::uint32_t index) {
    const auto needed = tasks_needed(program_.steps[index]);
    const auto joined = one_task_ && !tasks_.empty() ? 0 : task_to_join(needed);
    const auto task = joined.value_or(static_cast<std::uint32_t>(tasks_.size()));
    if (!joined) tasks_.push_back({0, 0, {needed.begin(), needed.end()}});
    if (!joined && needed.empty()) last_root_ = task;
    tasks_[task].cost += costs_[index];
    tasks_[task].outside_uses += uses_[index];
    if (const auto own = needed.find(task); own != needed.end()) tasks_[task].outside_uses -= own->second;
    task_of_.push_back(task);
    return task;
  }

 private:
  using UsesOfTask = std::map<std::uint32_t, std::uint32_t>;
  struct Growing {
    double cost;
    std::uint32_t outside_uses;  // of its results, by steps that are not in it
    UsesOfTask waits_for;
  };

  std::vector<std::uint32_t> producers_of(const Step& step) const {
    std::vector<std::uint32_t> steps;
    for (const auto value : step.inputs)
      if (made_by_[value] != no_step) steps.push_back(made_by_[value]);
    return steps;
  }

  UsesOfTask tasks_needed(const Step& step) const {
    UsesOfTask needed;
    for (const auto producer : producers_of(step)) ++needed[task_of_[producer]];
    return needed;
  }

  std::optional<std::uint32_t> task_to_join(const UsesOfTask& needed) const {
    if (needed.empty()) return small_root();
    const auto& [last, uses] = *needed.rbegin();
    const auto& task = tasks_[last];
    const bool waits_no_more = std::all_of(needed.begin(), std::prev(needed.end()), [&](const auto& other) {
      return task.waits_for.contains(other.first);
    });
    const bool delays_nobody = task.cost < task_grain || task.outside_uses == uses;
    return waits_no_more && delays_nobody ? std::optional{last} : std::nullopt;
  }

  std::optional<std::uint32_t> small_root() const {
    return last_root_ && tasks_[*last_root_].cost < task_grain ? last_root_ : std::nullopt;
  }

  const Program& program_;
  std::vector<std::uint32_t> made_by_;
  std::vector<std::uint32_t> uses_;  // of each step's results
  std::vector<double> costs_;
  std::vector<Growing> tasks_;
  std::vector<std::uint32_t> task_of_;
  std::optional<std::uint32_t> last_root_;  // the last task that waits for none
  bool one_task_ = false;
};

}  // namespace

Schedule::Schedule(const Program& program) {
  group_steps(program);
  connect_tasks(program);
  find_levels();
}

void Schedule::group_steps(const Program& program) {
  Grouping grouping{program};
  for (std::uint32_t index = 0; index < program.steps.size(); ++index) {
    const auto task = grouping.place(index);
    if (task == tasks_.size()) tasks_.emplace_back();
    task_of_.push_back(task);
    position_.push_back(static_cast<std::uint32_t>(tasks_[task].steps.size()));
    tasks_[task].steps.push_back(index);
  }
}

void Schedule::connect_tasks(const Program& program) {
  const auto made_by = producers(program);
  for (std::uint32_t index = 0; index < program.steps.size(); ++index)
    for (const auto value : program.steps[index].inputs)
      if (made_by[value] != no_step) wait(index, made_by[value]);
}

void Schedule::find_levels() {
  for (auto& task : tasks_)  // successors come later
    for (const auto successor : task.successors)
      tasks_[successor].level = std::max(tasks_[successor].level, task.level + 1);
  order_.resize(tasks_.size());
  std::iota(order_.begin(), order_.end(), 0u);
  std::stable_sort(order_.begin(), order_.end(),
                   [&](auto a, auto b) { return tasks_[a].level < tasks_[b].level; });
}

bool Schedule::runs_before(std::uint32_t first, std::uint32_t second) const {
  const auto a = task_of_[first], b = task_of_[second];
  return a == b ? position_[first] < position_[second] : tasks_[a].level < tasks_[b].level;
}

void Schedule::wait(std::uint32_t second, std::uint32_t first) {
  const auto from = task_of_[first], to = task_of_[second];
  auto& successors = tasks_[from].successors;
  if (from == to || std::find(successors.begin(), successors.end(), to) != successors.end()) return;
  successors.push_back(to);
  ++tasks_[to].predecessor_count;
}

}  // namespace retrograph
