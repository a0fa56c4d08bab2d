#include <retrograph/graph/execute/pause.hpp>
#include <retrograph/graph/execute/shared_loop.hpp>

#include <algorithm>
#include <utility>

namespace retrograph::tasks {
namespace {

constexpr std::int64_t most_pieces = 0xffff;

constexpr std::uint64_t ticket_of(std::uint64_t loop, std::uint64_t first, std::uint64_t end) {
  return loop << 32 | first << 16 | end;
}

}  // namespace

void SharedLoop::open(std::int64_t chunks, std::int64_t pieces, const Function& body) {
  body_ = &body;
  chunks_ = chunks;
  pieces_ = std::min({chunks, pieces, most_pieces});
  unfinished_.store(pieces_, std::memory_order_relaxed);
  const auto loop = (ticket_.load(std::memory_order_relaxed) >> 32) + 1;
  ticket_.store(ticket_of(loop, 0, static_cast<std::uint64_t>(pieces_)), std::memory_order_release);
}

void SharedLoop::finish() {
  while (run_piece(End::front)) {
  }
  for (Pause pause; unfinished_.load(std::memory_order_acquire) > 0;) pause();
  if (failed_.load(std::memory_order_relaxed)) {
    failed_.store(false, std::memory_order_relaxed);
    std::rethrow_exception(std::exchange(error_, nullptr));
  }
}

bool SharedLoop::help() {
  return run_piece(End::back);
}

bool SharedLoop::run_piece(End end) {
  auto ticket = ticket_.load(std::memory_order_relaxed);
  for (;;) {
    const auto loop = ticket >> 32, first = ticket >> 16 & 0xffff, last = ticket & 0xffff;
    if (first == last) return false;
    const auto piece = end == End::front ? first : last - 1;
    const auto rest = end == End::front ? ticket_of(loop, first + 1, last) : ticket_of(loop, first, last - 1);
    if (!ticket_.compare_exchange_weak(ticket, rest, std::memory_order_acquire, std::memory_order_relaxed))
      continue;
    try {
      if (!failed_.load(std::memory_order_relaxed)) run_chunks_of(static_cast<std::int64_t>(piece));
    } catch (...) {
      if (!failed_.exchange(true, std::memory_order_relaxed)) error_ = std::current_exception();
    }
    unfinished_.fetch_sub(1, std::memory_order_acq_rel);
    return true;
  }
}

void SharedLoop::run_chunks_of(std::int64_t piece) {
  const auto end = chunks_ * (piece + 1) / pieces_;
  for (auto chunk = chunks_ * piece / pieces_; chunk < end; ++chunk) (*body_)(chunk);
}

}  // namespace retrograph::tasks
