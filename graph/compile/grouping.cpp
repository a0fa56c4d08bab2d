#include <retrograph/graph/compile/grouping.hpp>

#include <algorithm>
#include <numeric>

namespace retrograph {
Needs::Needs(const Program& program) : overwrites(program.steps.size()) {
  const auto made_by = producers(program), root = roots(program);
  std::vector<std::uint32_t> overwriter(program.values.size(), no_step);
  for (const auto& update : program.in_place) {
    overwriter[program.parameters[update.parameter].value] = update.step;
    overwrites[update.step] = true;
  }
  steps = Lists{program.steps.size(), [&](const auto& add) {
                  for (std::uint32_t step = 0; step < program.steps.size(); ++step)
                    for (const auto value : program.steps[step].inputs) {
                      if (made_by[value] != no_step) add(step, made_by[value]);
                      const auto later = overwriter[root[value]];
                      if (later != no_step && later != step) add(later, step);
                    }
                }};
  costs.reserve(program.steps.size());
  Signature signature;
  for (std::uint32_t index = 0; index < program.steps.size(); ++index) {
    const auto& step = program.steps[index];
    const bool alias = step.op.traits().alias;
    if (!alias) program.fill(signature, step);
    costs.push_back(alias ? 0 : step.op.cost(signature));
    if (!alias && !program.in_place.empty() && !step.op.never_fails(signature)) may_fail.push_back(index);
  }
}

Grouping::Grouping(const Program& program, const Needs& needs) : needs_{needs}, uses_(program.steps.size()) {
  for (std::uint32_t step = 0; step < program.steps.size(); ++step)
    for (const auto other : needs.steps[step]) ++uses_[other];
  task_of_.reserve(program.steps.size());
  one_task_ = std::accumulate(needs.costs.begin(), needs.costs.end(), 0.0) < least_shared_work;
}

std::uint32_t Grouping::place(std::uint32_t step) {
  find_tasks_needed(step);
  const auto joined = one_task_ && !tasks_.empty() ? 0 : task_to_join();
  const auto task = joined ? *joined : new_task();
  if (!joined && needed_.empty()) last_root_ = task;
  tasks_[task].cost += needs_.costs[step];
  tasks_[task].outside_uses += uses_[step];
  for (const auto& [needed, uses] : needed_)
    if (needed == task) tasks_[task].outside_uses -= uses;
  task_of_.push_back(task);
  return task;
}

void Grouping::find_tasks_needed(std::uint32_t step) {
  needed_.clear();
  for (const auto other : needs_.steps[step]) needed_.push_back({task_of_[other], 1});
  if (needs_.overwrites[step] && !needs_.may_fail.empty()) needed_.push_back({gate_of(), 0});
  std::sort(needed_.begin(), needed_.end(), [](const auto& a, const auto& b) { return a.task < b.task; });
  std::size_t count = 0;
  for (const auto& [task, uses] : needed_) {
    if (count > 0 && needed_[count - 1].task == task)
      needed_[count - 1].uses += uses;
    else
      needed_[count++] = {task, uses};
  }
  needed_.resize(count);
}

/// When the first step that overwrites a parameter is placed, all that may fail have been.
std::uint32_t Grouping::gate_of() {
  if (gate_) return *gate_;
  std::vector<std::uint32_t> tasks;
  for (const auto step : needs_.may_fail) tasks.push_back(task_of_[step]);
  std::sort(tasks.begin(), tasks.end());
  tasks.erase(std::unique(tasks.begin(), tasks.end()), tasks.end());
  if (tasks.size() == 1) {
    gate_ = tasks.front();
  } else {
    const auto begin = static_cast<std::uint32_t>(waits_.size());
    waits_.insert(waits_.end(), tasks.begin(), tasks.end());
    tasks_.push_back({0, 0, begin, static_cast<std::uint32_t>(waits_.size())});
    gate_ = task_count() - 1;
  }
  return *gate_;
}

std::uint32_t Grouping::new_task() {
  const auto begin = static_cast<std::uint32_t>(waits_.size());
  for (const auto& other : needed_) waits_.push_back(other.task);
  tasks_.push_back({0, 0, begin, static_cast<std::uint32_t>(waits_.size())});
  return task_count() - 1;
}

std::optional<std::uint32_t> Grouping::task_to_join() const {
  if (needed_.empty()) return small_root();
  const auto& [last, uses] = needed_.back();
  const auto& task = tasks_[last];
  const bool waits_no_more = std::all_of(needed_.begin(), std::prev(needed_.end()),
                                         [&](const TaskUses& other) { return waits_for(task, other.task); });
  const bool delays_nobody = task.cost < task_grain || task.outside_uses == uses;
  return waits_no_more && delays_nobody ? std::optional{last} : std::nullopt;
}

bool Grouping::waits_for(const Growing& task, std::uint32_t other) const {
  return std::binary_search(waits_.begin() + task.waits_begin, waits_.begin() + task.waits_end, other);
}

std::optional<std::uint32_t> Grouping::small_root() const {
  return last_root_ && tasks_[*last_root_].cost < task_grain ? last_root_ : std::nullopt;
}

}  // namespace retrograph
