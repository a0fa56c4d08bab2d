#pragma once

#include <atomic>
#include <cstdint>

namespace retrograph {

/// The first of the places that a parallel loop refuses, whichever thread meets one first: a message then
/// names the same one for any number of threads.
class FirstRefused {
 public:
  /// Places are in 0 .. count-1.
  explicit FirstRefused(std::int64_t count) : count_{count}, place_{count} {}

  void note(std::int64_t place) {
    auto first = place_.load(std::memory_order_relaxed);
    while (place < first && !place_.compare_exchange_weak(first, place, std::memory_order_relaxed)) {
    }
  }

  bool any() const { return place() < count_; }
  std::int64_t place() const { return place_.load(std::memory_order_relaxed); }

 private:
  std::int64_t count_;
  std::atomic<std::int64_t> place_;
};

}  // namespace retrograph
