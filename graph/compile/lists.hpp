#pragma once

#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace retrograph {

/// Many short lists of numbers, one after the other in two flat arrays.
class Lists {
 public:
  Lists() = default;

  /// `each(add)` calls `add(list, item)` for every item, in order; it is called twice and must do the same
  /// both times.
  template <class Each>
  Lists(std::size_t count, const Each& each) : ends_(count) {
    std::size_t total = 0;
    each([&](std::uint32_t list, std::uint32_t) { ++ends_[list], ++total; });
    items_.resize(total);
    std::exclusive_scan(ends_.begin(), ends_.end(), ends_.begin(), std::uint32_t{0});
    each([&](std::uint32_t list, std::uint32_t item) { items_[ends_[list]++] = item; });
  }

  std::size_t size() const { return ends_.size(); }
  std::span<const std::uint32_t> operator[](std::size_t list) const {
    const auto begin = list == 0 ? 0 : ends_[list - 1];
    return {items_.data() + begin, items_.data() + ends_[list]};
  }

 private:
  std::vector<std::uint32_t> ends_, items_;
};

}  // namespace retrograph
