#include <retrograph/ops/kernels/reduction_loop.hpp>

#include <functional>
#include <numeric>

namespace retrograph {
namespace {

/// Neighbouring axes of one kind, as one.
struct Group {
  std::int64_t extent;
  bool reduced;
};

std::vector<Group> joined(const Extents& extents, const std::vector<std::size_t>& axes) {
  std::vector<Group> groups;
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    const bool reduced = std::binary_search(axes.begin(), axes.end(), axis);
    if (extents[axis] == 1) continue;
    if (!groups.empty() && groups.back().reduced == reduced)
      groups.back().extent *= extents[axis];
    else
      groups.push_back({extents[axis], reduced});
  }
  return groups;
}

std::int64_t product(std::vector<Group>::const_iterator first, std::vector<Group>::const_iterator last) {
  return std::accumulate(first, last, std::int64_t{1},
                         [](std::int64_t extent, const Group& group) { return extent * group.extent; });
}

}  // namespace

ReductionLayout::ReductionLayout(const Extents& extents, const std::vector<std::size_t>& axes) {
  Extents kept, gone;
  for (std::size_t axis = 0; axis < extents.size(); ++axis)
    (std::binary_search(axes.begin(), axes.end(), axis) ? gone : kept).push_back(extents[axis]);
  results = element_count(kept);
  count = element_count(gone);
  if (results == 0 || count == 0) return;

  auto groups = joined(extents, axes);
  const auto is_reduced = [](const Group& group) { return group.reduced; };
  while (true) {
    const auto from_the_end = std::find_if(groups.rbegin(), groups.rend(), is_reduced);
    if (from_the_end == groups.rend()) break;
    const auto last = from_the_end.base() - 1;
    const auto outer = product(groups.cbegin(), last), inner = product(last + 1, groups.cend());
    const auto piece = inner == 1 ? detail::row_piece : detail::column_piece;
    for (auto rest = last->extent; rest > 1; rest = passes.back().pieces())
      passes.push_back({outer, rest, inner, std::min(piece, rest)});
    groups.erase(last);
    if (left_by_first_group.empty() && std::any_of(groups.begin(), groups.end(), is_reduced))
      for (const auto& group : groups) {
        left_by_first_group.push_back(group.extent);
        results_in_it.push_back(group.reduced ? 1 : group.extent);
      }
  }
  if (passes.empty()) passes.push_back({results, 1, 1, 1});
}

}  // namespace retrograph
