#include <retrograph/graph/error.hpp>
#include <retrograph/graph/execute/arena.hpp>

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_scheduler_observer.h>

#include <optional>

// Of OpenMP's own runtime, which oneDNN brings along. Declared here since Clang has no <omp.h> for it.
extern "C" {
void omp_set_num_threads(int threads);
int omp_get_max_threads(void);
}

namespace retrograph {
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

int chosen(int threads) {
  if (threads < 0) throw GraphError{"the number of threads must not be negative"};
  return threads > 0 ? threads : tbb::info::default_concurrency();
}

}  // namespace

struct Arena::Implementation {
  explicit Implementation(int wanted) : threads{chosen(wanted)}, arena{threads}, observer{arena} {
    if (threads > tbb::info::default_concurrency())
      more_threads.emplace(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
  }

  int threads;
  std::optional<tbb::global_control> more_threads;
  tbb::task_arena arena;
  SingleThreadedOpenMp observer;
};

Arena::Arena(int threads) : implementation_{std::make_unique<Implementation>(threads)} {}
Arena::~Arena() = default;

int Arena::threads() const {
  return implementation_->threads;
}

void Arena::run(const std::function<void()>& body) {
  implementation_->arena.execute(body);
}

}  // namespace retrograph
