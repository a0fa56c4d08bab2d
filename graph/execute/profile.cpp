#include <retrograph/graph/execute/profile.hpp>
#include <retrograph/graph/execute/profiled_step.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>

namespace retrograph {
namespace {

thread_local const ProfiledStep* current_step = nullptr;

int number_of_this_thread() {
  static std::atomic<int> threads{0};
  thread_local const int number = threads++;
  return number;
}

}  // namespace

void Profile::clear() {
  spans_.clear();
  runs_ = 0;
}

void Profile::start_run(const Program& program) {
  if (&program != program_) {
    clear();
    program_ = &program;
    steps_.clear();
    const auto made_by = producers(program);
    for (const auto& step : program.steps) {
      steps_.push_back({step.origin, step.op, program.signature(step), {}});
      for (const auto value : step.inputs)
        if (made_by[value] != no_step) steps_.back().after.push_back(made_by[value]);
    }
  }
  ++runs_;
}

void Profile::forget(const Program& program) {
  if (&program == program_) program_ = nullptr;
}

void Profile::add(const Span& span) {
  const std::lock_guard lock{mutex_};
  spans_.push_back(span);
}

ProfiledStep::ProfiledStep(Profile& profile, std::uint32_t step)
    : profile_{profile}, step_{step}, begin_{now()} {
  current_step = this;
}

ProfiledStep::~ProfiledStep() {
  current_step = nullptr;
  add(Profile::Span::whole, begin_);
}

const ProfiledStep* ProfiledStep::current() {
  return current_step;
}

std::int64_t ProfiledStep::now() {
  const auto time = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
}

void ProfiledStep::add(std::int64_t chunk, std::int64_t begin) const {
  profile_.add({step_, chunk, number_of_this_thread(), begin, now()});
}

}  // namespace retrograph
