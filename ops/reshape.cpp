#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/reshape.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph {
namespace {

/// `target` with its -1 replaced by what is left of `source`.
Shape resolved(const Shape& source, Shape target) {
  const auto is_open = [](const Dim& dim) { return dim == Dim{-1}; };
  const auto open = std::count_if(target.begin(), target.end(), is_open);
  if (open > 1) throw ShapeError{fmt::format("more than one extent of {} is -1", to_string(target))};
  const auto total = source.element_count();
  if (open == 1) {
    Dim known = 1;
    std::size_t place = 0;
    for (std::size_t axis = 0; axis < target.rank(); ++axis)
      if (is_open(target[axis]))
        place = axis;
      else
        known = known * target[axis];
    const auto rest = divide_exactly(total, known);
    if (!rest)
      throw ShapeError{fmt::format("{} numbers do not fill {}", to_string(total), to_string(target))};
    target[place] = *rest;
  }
  if (target.element_count() != total)
    throw ShapeError{fmt::format("{} has {} numbers and {} has {}", to_string(source), to_string(total),
                                 to_string(target), to_string(target.element_count()))};
  return target;
}

struct Reshape {
  static constexpr std::string_view name = "reshape";
  static constexpr bool alias = true;
  Shape shape;

  std::string attributes() const { return fmt::format("shape={}", to_string(shape)); }
  Types infer(const Types& operands) const {
    return {{operands[0].dtype, resolved(operands[0].shape, shape)}};
  }
  void compute(const Call& call) const {
    std::copy_n(static_cast<const std::byte*>(call.input(0).data), size_in_bytes(call.input(0).type),
                static_cast<std::byte*>(call.output(0).data));
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {reshape(upstream, node.input(0).shape())};
  }
  friend bool operator==(const Reshape&, const Reshape&) = default;
};

}  // namespace

Tensor reshape(const Tensor& x, Shape shape, std::source_location where) {
  return apply(Reshape{std::move(shape)}, {x}, where);
}

std::vector<CatalogueEntry> reshape_entries() {
  return {};
}

}  // namespace retrograph
