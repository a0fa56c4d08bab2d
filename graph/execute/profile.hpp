#pragma once

#include <retrograph/graph/compile/program.hpp>

#include <mutex>

namespace retrograph {

/// When the steps of a plan ran: what every run of an executable adds to that was given it.
class Profile {
 public:
  struct StepOfPlan {
    NodeId node;  // that the step comes from
    Op op;
    Signature signature;
    std::vector<std::uint32_t> after;  // the steps whose results it uses
  };
  /// A step, or one of the chunks that its kernel is split into.
  struct Span {
    static constexpr std::int64_t whole = -1;
    std::uint32_t step;
    std::int64_t chunk;       // `whole`, or counted from 0
    int thread;               // counted from 0 in the order of their first span
    std::int64_t begin, end;  // nanoseconds of std::chrono::steady_clock
  };

  /// Of the plan that ran last.
  const std::vector<StepOfPlan>& steps() const { return steps_; }
  /// Of all its runs, in the order in which they ended: chunks before their step.
  const std::vector<Span>& spans() const { return spans_; }
  std::int64_t runs() const { return runs_; }
  /// Forgets all spans and runs.
  void clear();

  /// Called by the plan before each of its runs; another program than the last one's clears the profile.
  void start_run(const Program& program);
  /// Called by the plan when it goes: its program's address may become another's. What is noted stays.
  void forget(const Program& program);
  void add(const Span& span);

 private:
  const Program* program_ = nullptr;
  std::vector<StepOfPlan> steps_;
  std::mutex mutex_;  // of what follows
  std::vector<Span> spans_;
  std::int64_t runs_ = 0;
};

}  // namespace retrograph
