#include <retrograph/ops/broadcast_to.hpp>
#include <retrograph/ops/operand.hpp>
#include <retrograph/ops/reduction.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/rewrites.hpp>
#include <retrograph/ops/size.hpp>

#include <fmt/format.h>

namespace retrograph {

std::string ReducedAxes::attributes() const {
  return fmt::format("axes=[{}]{}", fmt::join(axes, ", "), keep == Keep::yes ? ", keep" : "");
}

Types ReducedAxes::infer(const Types& operands) const {
  return {{operands[0].dtype, reduced(operands[0].shape, axes, keep)}};
}

std::optional<Rewritten> ReducedAxes::of_one_number(const Match& match) const {
  for (const auto axis : axes)
    if (match.type(0).extents[axis] != 1) return std::nullopt;
  return as_reshaped(match);
}

Tensor ReducedAxes::kept(const Tensor& result, const Tensor& operand) const {
  return keep == Keep::yes ? result : reshape(result, reduced(operand.shape(), axes, Keep::yes));
}

Tensor ReducedAxes::repeated(const Tensor& result, const Tensor& operand) const {
  return broadcast_to(kept(result, operand), operand.shape());
}

Tensor ReducedAxes::count(const Tensor& operand) const {
  return size(operand, as_axes(), operand.dtype());
}

ReducedAxes reduced_axes(std::string_view op, const Tensor& x, const Axes& axes, Keep keep,
                         std::source_location where) {
  return {with_context(op, x, where, [&] { return axes.normalized(x.rank()); }), keep};
}

void require_numbers(const Shape& shape, const std::vector<std::size_t>& axes) {
  for (const auto axis : axes)
    if (shape[axis] == Dim{0})
      throw ShapeError{fmt::format("axis {} has extent 0, and of no numbers there is no result", axis)};
}

bool has_numbers(const Signature& signature) {
  return element_count(signature.inputs[0].extents) > 0;
}

std::vector<Sample> reduction_samples(Tensor (*op)(const Tensor&, const Axes&, Keep, std::source_location),
                                      double low, double high) {
  const auto sample = [&](std::string label, Extents extents, Axes axes, Keep keep) {
    return Sample{std::move(label),
                  {sample_numbers(std::move(extents), low, high)},
                  [op, axes = std::move(axes), keep](std::span<const Tensor> x) {
                    return op(x[0], axes, keep, std::source_location::current());
                  }};
  };
  return {sample("all axes", {2, 3}, {}, Keep::no),
          sample("all axes, kept", {2, 3}, {}, Keep::yes),
          sample("the first axis", {3, 2}, 0, Keep::no),
          sample("the last axis, from the end", {2, 3}, -1, Keep::no),
          sample("the last axis, kept", {2, 3}, 1, Keep::yes),
          sample("axes 0 and 2", {2, 2, 2}, {0, 2}, Keep::no),
          sample("axes 0 and 2, kept", {2, 2, 2}, {2, 0}, Keep::yes),
          sample("the middle axis", {2, 3, 2}, 1, Keep::no),
          sample("a scalar", {}, {}, Keep::no)};
}

}  // namespace retrograph
