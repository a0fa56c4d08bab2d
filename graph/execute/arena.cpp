#include <retrograph/graph/execute/arena.hpp>
#include <retrograph/graph/execute/background.hpp>
#include <retrograph/graph/execute/crew.hpp>

#include <map>
#include <mutex>
#include <vector>

namespace retrograph::tasks {
namespace {

/// Crews of as many threads each, for all arenas of so many. What runs borrows one: the first, whose helpers
/// are still awake from what ran before, unless that is not over yet.
class Crews {
 public:
  static std::shared_ptr<Crews> of(int threads) {
    static auto& mutex = *new std::mutex;
    static auto& known = *new std::map<int, std::weak_ptr<Crews>>;
    const std::lock_guard lock{mutex};
    auto crews = known[threads].lock();
    if (!crews) known[threads] = crews = std::make_shared<Crews>(threads);
    return crews;
  }

  explicit Crews(int threads) : count_{threads}, first_{threads} {}

  int threads() const { return count_; }
  Crew& first() { return *first_.crew; }

  Crew& borrow() {
    if (first_.crew->borrow()) return *first_.crew;
    const std::lock_guard lock{mutex_};
    for (const auto& other : others_)
      if (other->crew->borrow()) return *other->crew;
    auto& added = *others_.emplace_back(std::make_unique<Member>(count_))->crew;
    added.borrow();
    return added;
  }

 private:
  struct Member {
    explicit Member(int count) : threads{count}, crew{std::make_shared<Crew>(threads)} {}
    ~Member() { crew->dismiss(); }

    Threads threads;
    std::shared_ptr<Crew> crew;
  };

  int count_;
  Member first_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Member>> others_;
};

/// A crew until this goes.
class Borrowed {
 public:
  explicit Borrowed(Crews& crews) : crew_{crews.borrow()} {}
  ~Borrowed() { crew_.give_back(); }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;

  Crew* operator->() const { return &crew_; }

 private:
  Crew& crew_;
};

}  // namespace

struct Arena::Implementation {
  std::shared_ptr<Crews> crews;
};

Arena::Arena(int threads)
    : implementation_{std::make_unique<Implementation>(Implementation{Crews::of(thread_count(threads))})} {}
Arena::~Arena() = default;
Arena::Arena(Arena&&) noexcept = default;
Arena& Arena::operator=(Arena&&) noexcept = default;

int Arena::threads() const {
  return implementation_->crews->threads();
}

void Arena::enter(Function body, bool with_help) {
  const OneOpenMpThread one_thread;
  auto& crews = *implementation_->crews;
  if (with_help && threads() > 1) {
    const Borrowed crew{crews};
    crew->lead(body);
  } else {
    if (threads() > 1 && has_background_work()) crews.first().call();
    run_without_crew(body);
  }
}

void Arena::run_graph(TaskGraph& graph, Function body) {
  const OneOpenMpThread one_thread;
  const Borrowed crew{*implementation_->crews};
  crew->lead(graph, body);
}

}  // namespace retrograph::tasks
