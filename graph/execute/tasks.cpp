#include <retrograph/graph/execute/tasks.hpp>

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>

// Of OpenMP's own runtime, which oneDNN brings along. Declared here since Clang has no <omp.h> for it.
extern "C" {
void omp_set_num_threads(int threads);
int omp_get_max_threads(void);
}

namespace retrograph::tasks {

struct Threads::Implementation {
  explicit Implementation(int threads)
      : count{threads},
        allowed{tbb::global_control::max_allowed_parallelism,
                static_cast<std::size_t>(std::max(count, tbb::info::default_concurrency()))},
        arena{count} {}

  int count;
  // Before the arena, which asks for its threads when it is made.
  tbb::global_control allowed;
  tbb::task_arena arena;
};

int thread_count(int wanted) {
  return wanted > 0 ? wanted : tbb::info::default_concurrency();
}

Threads::Threads(int count) : implementation_{std::make_unique<Implementation>(count)} {}
Threads::~Threads() = default;
Threads::Threads(Threads&&) noexcept = default;
Threads& Threads::operator=(Threads&&) noexcept = default;

int Threads::count() const {
  return implementation_->count;
}

void Threads::call(Job& job, int number) {
  implementation_->arena.enqueue([&job, number] {
    const OneOpenMpThread guard;
    job.run(number);
  });
}

OneOpenMpThread::OneOpenMpThread() : former_{omp_get_max_threads()} {
  if (former_ != 1) omp_set_num_threads(1);
}

OneOpenMpThread::~OneOpenMpThread() {
  if (former_ != 1) omp_set_num_threads(former_);
}

}  // namespace retrograph::tasks
