#pragma once

#include <retrograph/graph/shape.hpp>

#include <initializer_list>
#include <optional>

namespace retrograph {

/// Chosen axes of a tensor, a negative one counted from the last; all of them by default.
class Axes {
 public:
  Axes() = default;
  Axes(std::int64_t axis) : axes_{{axis}} {}
  Axes(std::initializer_list<std::int64_t> axes) : axes_{axes} {}
  explicit Axes(std::vector<std::int64_t> axes) : axes_{std::move(axes)} {}

  /// The positions, in rising order. Throws ShapeError for one outside of the rank or named twice.
  std::vector<std::size_t> normalized(std::size_t rank) const;

 private:
  std::optional<std::vector<std::int64_t>> axes_;
};

/// Whether a reduced axis stays, with extent 1.
enum class Keep { no, yes };

/// `shape` without the axes, or with extent 1 there.
Shape reduced(const Shape& shape, const std::vector<std::size_t>& axes, Keep keep);

}  // namespace retrograph
