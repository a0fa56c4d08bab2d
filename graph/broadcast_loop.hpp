#pragma once

#include <retrograph/graph/kernel.hpp>

#include <array>

namespace retrograph {

/// How to walk over a result and its repeated operands in memory: as few axes as possible, worked out once.
class BroadcastLoop {
 public:
  BroadcastLoop(const Signature& signature, std::size_t first_operand = 0);

  static constexpr std::size_t max_rank = 32;

  std::int64_t size() const { return size_; }
  const Extents& extents() const { return extents_; }  // at least one axis
  std::span<const std::int64_t> strides(std::size_t operand) const { return strides_[operand]; }
  /// Along the innermost axis an operand moves by 1 or stands still.
  bool moves(std::size_t operand) const { return strides_[operand].back() != 0; }

  /// Calls `body(begin, count, offsets)` for each stretch of the innermost axis that lies in result places
  /// first .. last-1: `begin` is the stretch's first place, `offsets[i]` that of operand i.
  template <std::size_t N, class F>
  void walk(std::int64_t first, std::int64_t last, F&& body) const;

 private:
  std::int64_t size_;
  Extents extents_;
  std::vector<std::vector<std::int64_t>> strides_;  // of each operand
};

template <std::size_t N, class F>
void BroadcastLoop::walk(std::int64_t first, std::int64_t last, F&& body) const {
  const auto axes = extents_.size();
  std::array<std::int64_t, max_rank> index{};
  std::array<std::int64_t, N> offsets{};
  for (std::size_t axis = axes, rest = static_cast<std::size_t>(first); axis-- > 0;) {
    const auto extent = static_cast<std::size_t>(extents_[axis]);
    index[axis] = static_cast<std::int64_t>(rest % extent);
    rest /= extent;
    for (std::size_t operand = 0; operand < N; ++operand)
      offsets[operand] += index[axis] * strides_[operand][axis];
  }
  while (first < last) {
    const auto left = extents_[axes - 1] - index[axes - 1];
    const auto count = left < last - first ? left : last - first;
    body(first, count, offsets);
    first += count;
    index[axes - 1] += count;
    for (std::size_t operand = 0; operand < N; ++operand)
      offsets[operand] += count * strides_[operand][axes - 1];
    for (auto axis = axes - 1; axis > 0 && index[axis] == extents_[axis]; --axis) {
      index[axis] = 0;
      ++index[axis - 1];
      for (std::size_t operand = 0; operand < N; ++operand)
        offsets[operand] += strides_[operand][axis - 1] - extents_[axis] * strides_[operand][axis];
    }
  }
}

}  // namespace retrograph
