#include <retrograph/graph/compile/grouping.hpp>
#include <retrograph/graph/compile/schedule.hpp>

#include <algorithm>

namespace retrograph {
namespace {

/// Tasks side by side are worth handing out if they shorten the way through all by as much. Where most of the
/// work is in steps that threads can share, by more: a thread that shares all steps finds its part of what
/// the step before made in its own cache. Measured: lenet, where gradients by weights and by inputs can run
/// at once, takes 0.98 of the time when its steps are shared, and 0.85 where caches exchange memory slowly.
constexpr double worthwhile_parallelism = 1.25, worthwhile_instead_of_shared_steps = 2.5;
/// Tasks of a level beyond these take over the memory of others of it, and wait for them.
constexpr std::uint32_t tasks_at_once = 32;

}  // namespace

Schedule::Schedule(const Program& program) {
  const Needs needs{program};
  Grouping grouping{program, needs};
  const auto step_count = static_cast<std::uint32_t>(program.steps.size());
  task_of_.reserve(step_count);
  for (std::uint32_t step = 0; step < step_count; ++step) task_of_.push_back(grouping.place(step));
  steps_ = Lists{grouping.task_count(), [&](const auto& add) {
                   for (std::uint32_t step = 0; step < step_count; ++step) add(task_of_[step], step);
                 }};
  for (std::uint32_t step = 0; step < step_count; ++step) {
    for (const auto other : needs.steps[step]) wait(step, other);
    if (grouping.gate() && needs.overwrites[step]) add_edge(*grouping.gate(), task_of_[step]);
  }
  if (grouping.gate())
    for (const auto step : needs.may_fail) add_edge(task_of_[step], *grouping.gate());
  connect();
  find_stages();
  choose_sharing(needs.costs);
}

void Schedule::add_edge(std::uint32_t from, std::uint32_t to) {
  const bool again = !edges_.empty() && edges_.back().from == from && edges_.back().to == to;
  if (from != to && !again) edges_.push_back({from, to});
}

void Schedule::connect() {
  const auto lists = [&] {
    return Lists{task_count(), [&](const auto& add) {
                   for (const auto& [from, to] : edges_) add(from, to);
                 }};
  };
  const auto with_repetitions = lists();
  edges_.clear();
  std::vector<std::uint32_t> last_from(task_count(), no_step);
  predecessor_counts_.assign(task_count(), 0);
  for (std::uint32_t from = 0; from < task_count(); ++from)
    for (const auto to : with_repetitions[from])
      if (last_from[to] != from) {
        last_from[to] = from;
        edges_.push_back({from, to});
        ++predecessor_counts_[to];
      }
  successors_ = lists();
}

void Schedule::find_stages() {
  std::vector<std::uint32_t> levels(task_count());  // the longest way here from a task that waits for none
  std::uint32_t level_count = 0;
  for (std::uint32_t task = 0; task < task_count(); ++task) {
    for (const auto successor : successors_[task])  // which comes later
      levels[successor] = std::max(levels[successor], levels[task] + 1);
    level_count = std::max(level_count, levels[task] + 1);
  }
  const Lists of_level{level_count, [&](const auto& add) {
                         for (std::uint32_t task = 0; task < task_count(); ++task) add(levels[task], task);
                       }};
  stages_.resize(task_count());
  std::uint32_t stage = 0;
  for (std::uint32_t level = 0; level < level_count; ++level, ++stage)
    for (std::uint32_t place = 0; place < of_level[level].size(); ++place) {
      if (place > 0 && place % tasks_at_once == 0) ++stage;
      order_.push_back(of_level[level][place]);
      stages_[order_.back()] = stage;
    }
}

void Schedule::choose_sharing(const std::vector<double>& costs) {
  double total = 0, of_shared_steps = 0, longest = 0;
  std::vector<double> before(task_count());  // the longest way to each task
  for (std::uint32_t task = 0; task < task_count(); ++task) {
    auto way = before[task];
    for (const auto step : steps(task)) {
      way += costs[step];
      total += costs[step];
      if (costs[step] >= task_grain) of_shared_steps += costs[step];
    }
    longest = std::max(longest, way);
    for (const auto successor : successors_[task]) before[successor] = std::max(before[successor], way);
  }
  const auto worthwhile =
      2 * of_shared_steps > total ? worthwhile_instead_of_shared_steps : worthwhile_parallelism;
  if (total >= worthwhile * longest && task_count() > 1)
    sharing_ = Sharing::tasks;
  else if (total >= least_shared_work && of_shared_steps > 0)
    sharing_ = Sharing::loops;
}

}  // namespace retrograph
