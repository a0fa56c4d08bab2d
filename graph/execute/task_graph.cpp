#include <retrograph/graph/execute/task_graph.hpp>

namespace retrograph {
namespace {

constexpr auto no_task = ~std::uint32_t{0};

}  // namespace

TaskGraph::TaskGraph(const Schedule& schedule)
    : schedule_{schedule}, waiting_for_(schedule.task_count()), offered_(schedule.task_count()) {}

void TaskGraph::restart() {
  const auto count = schedule_.task_count();
  error_ = nullptr;
  failed_.store(false, std::memory_order_relaxed);
  unfinished_.store(count, std::memory_order_relaxed);
  taken_count_.store(0, std::memory_order_relaxed);
  offered_count_.store(0, std::memory_order_relaxed);
  for (std::uint32_t task = 0; task < count; ++task) {
    waiting_for_[task].store(schedule_.predecessor_count(task), std::memory_order_relaxed);
    offered_[task].store(no_task, std::memory_order_relaxed);
  }
  for (std::uint32_t task = 0; task < count; ++task)
    if (schedule_.predecessor_count(task) == 0) offer(task);
}

std::optional<std::uint32_t> TaskGraph::take() {
  auto place = taken_count_.load(std::memory_order_relaxed);
  while (place < offered_count_.load(std::memory_order_acquire)) {
    const auto task = offered_[place].load(std::memory_order_acquire);
    if (task == no_task) break;  // about to be written
    if (taken_count_.compare_exchange_weak(place, place + 1, std::memory_order_relaxed)) return task;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> TaskGraph::finish(std::uint32_t task) {
  std::optional<std::uint32_t> next;
  for (const auto successor : schedule_.successors(task)) {
    if (waiting_for_[successor].fetch_sub(1, std::memory_order_acq_rel) != 1) continue;
    if (next)
      offer(successor);
    else
      next = successor;
  }
  unfinished_.fetch_sub(1, std::memory_order_acq_rel);
  return next;
}

void TaskGraph::offer(std::uint32_t task) {
  const auto place = offered_count_.fetch_add(1, std::memory_order_acq_rel);
  offered_[place].store(task, std::memory_order_release);
}

void TaskGraph::fail(std::exception_ptr error) {
  if (!failed_.exchange(true, std::memory_order_acq_rel)) error_ = std::move(error);
}

void TaskGraph::rethrow() {
  if (has_failed()) std::rethrow_exception(std::exchange(error_, nullptr));
}

}  // namespace retrograph
