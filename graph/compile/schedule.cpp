#include <retrograph/graph/compile/schedule.hpp>

#include <algorithm>
#include <numeric>

namespace retrograph {
namespace {

/// A task of less work, in the units of Op::cost, takes in the steps that follow it: a few microseconds,
/// about fifty times what it costs to hand a task to another thread.
constexpr double task_grain = 20'000;

}  // namespace

Schedule::Schedule(const Program& program) {
  group_steps(program);
  connect_tasks(program);
  find_levels();
}

/// A step joins the last of the tasks that it needs, while that task is small or nothing else waits for it.
/// Edges then never run from a later task to an earlier one, so that the tasks have no cycle.
void Schedule::group_steps(const Program& program) {
  const auto made_by = producers(program);
  std::vector<std::uint32_t> user_count(program.steps.size());
  for (const auto& step : program.steps)
    for (const auto value : step.inputs)
      if (made_by[value] != no_step) ++user_count[made_by[value]];

  std::vector<double> cost_of_task;
  task_of_.resize(program.steps.size());
  position_.resize(program.steps.size());
  for (std::uint32_t index = 0; index < program.steps.size(); ++index) {
    const auto& step = program.steps[index];
    const auto cost = step.op.traits().alias ? 0 : step.op.cost(program.signature(step));

    bool has_task = false, follows_alone = false;
    std::uint32_t task = 0;
    for (const auto value : step.inputs) {
      const auto producer = made_by[value];
      if (producer == no_step || (has_task && task_of_[producer] < task)) continue;
      task = task_of_[producer];
      has_task = true;
      follows_alone = user_count[producer] == 1 && tasks_[task].steps.back() == producer;
    }
    if (!has_task && !tasks_.empty() && cost < task_grain) {
      task = static_cast<std::uint32_t>(tasks_.size() - 1);
      has_task = true;
    }
    if (!has_task || (cost_of_task[task] >= task_grain && !follows_alone)) {
      task = static_cast<std::uint32_t>(tasks_.size());
      tasks_.emplace_back();
      cost_of_task.push_back(0);
    }
    task_of_[index] = task;
    position_[index] = static_cast<std::uint32_t>(tasks_[task].steps.size());
    tasks_[task].steps.push_back(index);
    cost_of_task[task] += cost;
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
