#pragma once

#include <retrograph/graph/compile/schedule.hpp>

#include <string>
#include <vector>

namespace retrograph::test {

inline std::vector<std::string> op_names(const Program& program) {
  std::vector<std::string> names;
  for (const auto& step : program.steps) names.emplace_back(step.op.name());
  return names;
}

/// What a tensor needs, with no pass but prune.
inline Program pruned(const Tensor& output, const Binding& binding = {}) {
  return prune(output.graph(), std::vector{output}, {}, binding);
}

/// Which steps are surely over when another starts, by the order within tasks and the edges between them.
class Precedence {
 public:
  explicit Precedence(const Schedule& schedule) : schedule_{schedule}, before_(schedule.task_count()) {
    for (auto& row : before_) row.resize(schedule.task_count());
    for (const auto task : schedule.serial_order())
      for (const auto successor : schedule.successors(task)) {
        before_[successor][task] = true;
        for (std::uint32_t other = 0; other < schedule.task_count(); ++other)
          if (before_[task][other]) before_[successor][other] = true;
      }
  }

  bool operator()(std::uint32_t first, std::uint32_t second) const {
    const auto a = schedule_.task_of(first), b = schedule_.task_of(second);
    return a == b ? first < second : bool{before_[b][a]};
  }

 private:
  const Schedule& schedule_;
  std::vector<std::vector<bool>> before_;  // of each task, the tasks before it
};

}  // namespace retrograph::test
