#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace retrograph {

/// Finds, by hash, the things that a list of the caller's holds; knows nothing of them but hashes and places
/// in that list. Costs 16 to 32 bytes a thing.
class IndexTable {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  /// The place of a thing with this hash for which `is_meant(place)` holds, or `none`.
  template <class F>
  std::uint32_t find(std::size_t hash, F&& is_meant) const {
    if (slots_.empty()) return none;
    const auto mixed = mix(hash);
    for (auto slot = mixed & mask();; slot = (slot + 1) & mask()) {
      if (slots_[slot].place == none) return none;
      if (slots_[slot].hash == mixed && is_meant(slots_[slot].place)) return slots_[slot].place;
    }
  }

  /// Notes a thing, whether or not there is an equal one.
  void insert(std::size_t hash, std::uint32_t place) {
    if (2 * (count_ + 1) > slots_.size()) grow();
    put({mix(hash), place});
    ++count_;
  }

  /// Forgets a thing that was noted under this hash.
  void erase(std::size_t hash, std::uint32_t place) {
    auto gap = mix(hash) & mask();
    while (slots_[gap].place != place) {
      if (slots_[gap].place == none) return;
      gap = (gap + 1) & mask();
    }
    // Whoever would have liked the gap better than its own slot moves there.
    for (auto slot = (gap + 1) & mask(); slots_[slot].place != none; slot = (slot + 1) & mask())
      if (((slot - slots_[slot].hash) & mask()) >= ((slot - gap) & mask())) {
        slots_[gap] = slots_[slot];
        gap = slot;
      }
    slots_[gap] = {};
    --count_;
  }

 private:
  struct Slot {
    std::uint32_t hash = 0, place = none;
  };

  std::size_t mask() const { return slots_.size() - 1; }

  /// Every bit of the hash counts for the lowest ones. The factor is 2^64 over the golden ratio (Knuth, "The
  /// Art of Computer Programming", volume 3, 6.4).
  static std::uint32_t mix(std::size_t hash) {
    const auto spread = (std::uint64_t{hash} ^ (std::uint64_t{hash} >> 32)) * 0x9E3779B97F4A7C15u;
    return static_cast<std::uint32_t>(spread >> 32);
  }

  void put(Slot entry) {
    auto slot = entry.hash & mask();
    while (slots_[slot].place != none) slot = (slot + 1) & mask();
    slots_[slot] = entry;
  }

  void grow() {
    auto former = std::vector<Slot>(slots_.empty() ? 16 : 2 * slots_.size());
    former.swap(slots_);
    for (const auto& entry : former)
      if (entry.place != none) put(entry);
  }

  std::vector<Slot> slots_;  // a power of two
  std::size_t count_ = 0;
};

}  // namespace retrograph
