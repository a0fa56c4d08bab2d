#include <retrograph/ops/broadcast.hpp>
#include <retrograph/ops/broadcast_to.hpp>
#include <retrograph/ops/broadcast_to_op.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/kernels/strided_copy.hpp>
#include <retrograph/ops/rewrites.hpp>

#include <fmt/format.h>

namespace retrograph {

std::string BroadcastTo::attributes() const {
  return fmt::format("shape={}", to_string(shape));
}

Types BroadcastTo::infer(const Types& operands) const {
  const auto& x = operands[0].shape;
  bool fits = x.rank() <= shape.rank();
  for (std::size_t axis = 0; fits && axis < x.rank(); ++axis)
    fits = x[axis] == Dim{1} || x[axis] == shape[shape.rank() - x.rank() + axis];
  if (!fits)
    throw ShapeError{fmt::format("{} cannot be repeated to fill {}", to_string(x), to_string(shape)),
                     "extents must be equal, or 1 to be repeated, counted from the last axis"};
  return {{operands[0].dtype, shape}};
}

/// A repeated axis is one along which x stands still.
std::unique_ptr<Kernel> BroadcastTo::prepare(const Signature& signature) const {
  const auto &x = signature.inputs[0].extents, &y = signature.outputs[0].extents;
  const auto from = row_major_strides(x), to = row_major_strides(y);
  const auto added = y.size() - x.size();
  std::vector<StridedCopy::Axis> axes;
  for (std::size_t axis = 0; axis < y.size(); ++axis) {
    const bool repeated = axis < added || x[axis - added] == 1;
    axes.push_back({y[axis], repeated ? 0 : from[axis - added], to[axis]});
  }
  return std::make_unique<CopyKernel>(StridedCopy{axes, signature.outputs[0].dtype});
}

/// What repeats nothing leaves the numbers where they are, and two in a row are one.
std::optional<Rewritten> BroadcastTo::rewrite(const Match& match) const {
  if (element_count(match.type(0).extents) == element_count(match.result_type().extents))
    return as_reshaped(match);
  if (match.made_by<BroadcastTo>(0)) return Rewritten{*this, match.producer(0)->inputs};
  return std::nullopt;
}

Gradients BroadcastTo::gradient(const Applied& node, const Tensor& upstream) const {
  return {sum_to(upstream, node.input(0).shape())};
}

Tensor broadcast_to(const Tensor& x, Shape shape, std::source_location where) {
  return apply(BroadcastTo{std::move(shape)}, {x}, where);
}

std::vector<CatalogueEntry> broadcast_to_entries() {
  const auto to = [](Shape shape) {
    return [=](std::span<const Tensor> x) { return broadcast_to(x[0], shape); };
  };
  return {{"broadcast_to",
           "y[..., j, ...] = x[..., 0, ...] where x is repeated",
           "[...] -> shape",
           "upstream, summed where x was repeated",
           any_dtypes,
           {{"a scalar", {sample_numbers({}, -2, 2)}, to({2, 3})},
            {"rows", {sample_numbers({3}, -2, 2)}, to({2, 2, 3})},
            {"columns", {sample_numbers({2, 1}, -2, 2)}, to({2, 3})},
            {"the middle", {sample_numbers({2, 1, 3}, -2, 2)}, to({2, 2, 3})},
            {"not at all", {sample_numbers({2, 3}, -2, 2)}, to({2, 3})}}}};
}

}  // namespace retrograph
