#include <retrograph/graph/execute/background.hpp>
#include <retrograph/graph/execute/shared_loop.hpp>

#include <array>

namespace retrograph {
namespace {

/// A place where helpers look for work. There are few, and none ever goes, so that a helper may look at one
/// at any time.
struct Place {
  tasks::SharedLoop loop;
  std::atomic<bool> is_taken{false};
};
std::array<Place, 8> places;
std::atomic<int> open_loops{0};

tasks::SharedLoop* take_place() {
  for (auto& place : places)
    if (!place.is_taken.exchange(true, std::memory_order_acquire)) return &place.loop;
  return nullptr;
}

void give_back(const tasks::SharedLoop* loop) {
  for (auto& place : places)
    if (&place.loop == loop) place.is_taken.store(false, std::memory_order_release);
}

constexpr struct {
  void operator()(std::int64_t) const {}
} nothing;

}  // namespace

BackgroundLoop::BackgroundLoop() : loop_{take_place()}, body_{nothing} {
  if (loop_) return;
  own_ = std::make_unique<tasks::SharedLoop>();
  loop_ = own_.get();
}

BackgroundLoop::~BackgroundLoop() {
  try {
    finish();
  } catch (...) {  // nobody waits for it any more
  }
  give_back(loop_);
}

void BackgroundLoop::start(std::int64_t chunks, tasks::Function body) {
  body_ = body;
  is_open_ = true;
  loop_->open(chunks, chunks, body_);
  if (!own_) open_loops.fetch_add(1, std::memory_order_relaxed);
}

void BackgroundLoop::finish() {
  if (!is_open_) return;
  is_open_ = false;
  if (!own_) open_loops.fetch_sub(1, std::memory_order_relaxed);
  loop_->finish();
}

namespace tasks {

bool has_background_work() {
  return open_loops.load(std::memory_order_relaxed) > 0;
}

bool help_in_background() {
  if (!has_background_work()) return false;
  for (auto& place : places)
    if (place.loop.help()) return true;
  return false;
}

}  // namespace tasks
}  // namespace retrograph
