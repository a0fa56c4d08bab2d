#include <retrograph/graph/execute/tasks.hpp>

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>
#include <oneapi/tbb/task_scheduler_observer.h>

#include <algorithm>

// Of OpenMP's own runtime, which oneDNN brings along. Declared here since Clang has no <omp.h> for it.
extern "C" {
void omp_set_num_threads(int threads);
int omp_get_max_threads(void);
}

namespace retrograph::tasks {
namespace {

/// One OpenMP thread while in the arena; the thread's own setting comes back when it leaves.
class SingleThreadedOpenMp final : public tbb::task_scheduler_observer {
 public:
  explicit SingleThreadedOpenMp(tbb::task_arena& arena) : task_scheduler_observer{arena} { observe(true); }
  ~SingleThreadedOpenMp() override { observe(false); }

  void on_scheduler_entry(bool) override {
    if (depth_++ == 0) former_threads_ = omp_get_max_threads();
    omp_set_num_threads(1);
  }
  void on_scheduler_exit(bool) override {
    if (--depth_ == 0) omp_set_num_threads(former_threads_);
  }

 private:
  static thread_local int depth_, former_threads_;
};

thread_local int SingleThreadedOpenMp::depth_ = 0;
thread_local int SingleThreadedOpenMp::former_threads_ = 1;

}  // namespace

void run_chunks(std::int64_t chunks, Function body) {
  tbb::parallel_for(
      std::int64_t{0}, chunks, [=](std::int64_t chunk) { body(chunk); }, tbb::simple_partitioner{});
}

struct Group::Implementation {
  tbb::task_group group;
};

Group::Group() : implementation_{std::make_unique<Implementation>()} {}
Group::~Group() = default;

void Group::hand_out(Function body, std::int64_t number) {
  implementation_->group.run([=] { body(number); });
}

void Group::wait_for_all() {
  implementation_->group.wait();
}

struct Arena::Implementation {
  explicit Implementation(int wanted)
      : threads{wanted > 0 ? wanted : tbb::info::default_concurrency()},
        allowed_threads{tbb::global_control::max_allowed_parallelism,
                        static_cast<std::size_t>(std::max(threads, tbb::info::default_concurrency()))},
        arena{threads},
        observer{arena} {}

  int threads;
  // Before the arena, which asks for its threads when it is made.
  tbb::global_control allowed_threads;
  tbb::task_arena arena;
  SingleThreadedOpenMp observer;
};

Arena::Arena(int threads) : implementation_{std::make_unique<Implementation>(threads)} {}
Arena::~Arena() = default;
Arena::Arena(Arena&&) noexcept = default;
Arena& Arena::operator=(Arena&&) noexcept = default;

int Arena::threads() const {
  return implementation_->threads;
}

void Arena::enter(Function body) {
  implementation_->arena.execute([=] { body(0); });
}

}  // namespace retrograph::tasks
