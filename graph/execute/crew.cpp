#include <retrograph/graph/execute/background.hpp>
#include <retrograph/graph/execute/crew.hpp>
#include <retrograph/graph/execute/pause.hpp>
#include <retrograph/graph/execute/task_graph.hpp>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <vector>

namespace retrograph::tasks {
namespace {

/// How long a helper that finds nothing to do stays awake: some batches of training with what the user does
/// between them. Waking it takes a tenth of that.
constexpr auto patience = std::chrono::microseconds{500};
/// A loop's pieces for each thread: enough for the last of them to end at about the same time.
constexpr std::int64_t pieces_per_thread = 16;

/// Where this thread is.
struct Context {
  Crew* crew = nullptr;  // none: alone
  int number = 0;        // in the crew; the thread that runs is 0
  bool in_loop = false;  // loops within are not shared
};
constinit thread_local Context context;

/// Puts the former context back when it goes.
class ContextGuard {
 public:
  explicit ContextGuard(Context next) : former_{context} { context = next; }
  ~ContextGuard() { context = former_; }
  ContextGuard(const ContextGuard&) = delete;
  ContextGuard& operator=(const ContextGuard&) = delete;

 private:
  Context former_;
};

/// Crews, each once for each helper that was called and has not come yet: it keeps the crew alive, also when
/// the arena is gone, and even where the program ends before the helper comes.
class CalledCrews {
 public:
  static CalledCrews& all() {
    static auto& crews = *new CalledCrews;
    return crews;
  }

  void add(std::shared_ptr<Job> crew) {
    const std::lock_guard lock{mutex_};
    crews_.push_back(std::move(crew));
  }

  std::shared_ptr<Job> take(const Job* crew) {
    const std::lock_guard lock{mutex_};
    const auto found = std::find_if(crews_.begin(), crews_.end(),
                                    [=](const std::shared_ptr<Job>& other) { return other.get() == crew; });
    auto taken = std::move(*found);
    crews_.erase(found);
    return taken;
  }

 private:
  std::mutex mutex_;
  std::vector<std::shared_ptr<Job>> crews_;
};

}  // namespace

Crew::Crew(Threads& threads)
    : threads_{threads},
      count_{threads.count()},
      loops_{std::make_unique<SharedLoop[]>(static_cast<std::size_t>(count_))},
      is_called_{std::make_unique<std::atomic<bool>[]>(static_cast<std::size_t>(count_))},
      away_{count_ - 1} {}

void Crew::call() {
  if (away_.load(std::memory_order_relaxed) == 0) return;
  for (int helper = 1; helper < count_; ++helper) {
    if (is_called_[static_cast<std::size_t>(helper)].exchange(true, std::memory_order_acq_rel)) continue;
    away_.fetch_sub(1, std::memory_order_relaxed);
    CalledCrews::all().add(shared_from_this());
    publish();
    threads_.call(*this, helper);
  }
}

void Crew::lead(Function body) {
  const ContextGuard guard{{this, 0, false}};
  call();
  body(0);
}

void Crew::lead(TaskGraph& graph, Function body) {
  const ContextGuard guard{{this, 0, false}};
  call();
  graph.restart();
  body_ = &body;
  graph_.store(&graph, std::memory_order_release);
  for (Pause pause; !graph.is_over();)
    if (work(graph))
      pause = {};
    else
      pause();
  // A helper that is in there has counted itself before it looked whether the graph still is.
  graph_.store(nullptr, std::memory_order_seq_cst);
  for (Pause pause; inside_.load(std::memory_order_seq_cst) > 0;) pause();
  graph.rethrow();
}

void Crew::run_loop(std::int64_t chunks, Function body) {
  call();
  const auto number = context.number;
  const ContextGuard guard{{this, number, true}};
  loops_[static_cast<std::size_t>(number)].run(chunks, pieces_per_thread * count_, body);
}

void Crew::run(int number) {
  receive();
  const auto self = CalledCrews::all().take(this);  // alive until this is over
  {
    const ContextGuard guard{{this, number, false}};
    using Clock = std::chrono::steady_clock;
    auto idle_since = Clock::now();
    Pause pause;
    for (unsigned turn = 1; !dismissed_.load(std::memory_order_relaxed); ++turn) {
      if (help() || help_beside()) {
        pause = {};
        idle_since = Clock::now();
      } else {
        pause();
        if (turn % 64 == 0 && Clock::now() - idle_since > patience) break;
      }
    }
  }
  is_called_[static_cast<std::size_t>(number)].store(false, std::memory_order_release);
  away_.fetch_add(1, std::memory_order_release);
}

/// Something of what there is to do. False if there was nothing.
bool Crew::help() {
  if (!graph_.load(std::memory_order_relaxed)) return help_in_loops();
  inside_.fetch_add(1, std::memory_order_seq_cst);
  auto* graph = graph_.load(std::memory_order_seq_cst);
  bool helped = false;
  if (graph)
    for (Pause pause; !graph->is_over() && !dismissed_.load(std::memory_order_relaxed);) {
      if (work(*graph)) {
        helped = true;
        pause = {};
      } else {
        pause();
      }
    }
  inside_.fetch_sub(1, std::memory_order_release);
  return helped;
}

/// A task and those that it leads to; or a piece of a loop.
bool Crew::work(TaskGraph& graph) {
  if (graph.has_failed()) return false;
  auto task = graph.take();
  if (!task) return help_in_loops();
  try {
    for (; task && !graph.has_failed(); task = graph.finish(*task)) (*body_)(*task);
  } catch (...) {
    graph.fail(std::current_exception());
  }
  return true;
}

/// What others want done, if this crew has nothing to do.
bool Crew::help_beside() {
  const ContextGuard guard{{this, context.number, true}};
  return help_in_background();
}

bool Crew::help_in_loops() {
  const ContextGuard guard{{this, context.number, true}};
  for (int other = 0; other < count_; ++other)
    if (other != context.number && loops_[static_cast<std::size_t>(other)].help()) return true;
  return false;
}

void run_without_crew(Function body) {
  const ContextGuard guard{{}};
  body(0);
}

void run_chunks(std::int64_t chunks, Function body) {
  if (context.crew && !context.in_loop)
    context.crew->run_loop(chunks, body);
  else
    for (std::int64_t chunk = 0; chunk < chunks; ++chunk) body(chunk);
}

}  // namespace retrograph::tasks
