#include <retrograph/ops/broadcast_to_op.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/operand.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/reshape_op.hpp>
#include <retrograph/ops/rewrites.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>

namespace retrograph {
namespace {

/// What an extent of -1 stands for: the numbers of `source` shared out over the other extents. Extents that
/// both have are left out first, for a product of sums divides nothing.
std::optional<Dim> rest(std::vector<Dim> source, const Shape& target) {
  Dim known = 1;
  for (const auto& dim : target) {
    if (dim == Dim{-1}) continue;
    const auto same = std::find(source.begin(), source.end(), dim);
    if (same == source.end() || dim == Dim{0})
      known = known * dim;
    else
      source.erase(same);
  }
  return divide_exactly(std::accumulate(source.begin(), source.end(), Dim{1}, std::multiplies{}), known);
}

/// `target` with its -1 replaced by what is left of `source`.
Shape resolved(const Shape& source, Shape target) {
  const auto open = std::count(target.begin(), target.end(), Dim{-1});
  if (open > 1) throw ShapeError{fmt::format("more than one extent of {} is -1", to_string(target))};
  const auto total = source.element_count();
  for (std::size_t axis = 0; axis < target.rank() && open > 0; ++axis)
    if (target[axis] == Dim{-1}) {
      const auto extent = rest(source.dims(), target);
      if (!extent)
        throw ShapeError{fmt::format("{} numbers do not fill {}", to_string(total), to_string(target))};
      target[axis] = *extent;
      break;
    }
  for (const auto& dim : target)
    if (dim.is_number() && dim.number() < 0)
      throw ShapeError{fmt::format("an extent of {} is negative", to_string(target))};
  if (target.element_count() != total)
    throw ShapeError{fmt::format("{} has {} numbers and {} has {}", to_string(source), to_string(total),
                                 to_string(target), to_string(target.element_count()))};
  return target;
}

Shape without(const Shape& shape, const std::vector<std::size_t>& axes) {
  for (const auto axis : axes)
    if (shape[axis] != Dim{1})
      throw ShapeError{fmt::format("axis {} has extent {}, not 1", axis, to_string(shape[axis]))};
  return reduced(shape, axes, Keep::no);
}

/// A reshape of one repeated number is that number, repeated to the other shape.
std::optional<Rewritten> repeated_number(const Match& match) {
  if (!match.made_by<BroadcastTo>(0)) return std::nullopt;
  const auto& number = match.producer(0)->inputs[0];
  const auto& from = match.type_of(number).extents;
  const auto& to = match.result_type().extents;
  if (element_count(from) != 1 || from.size() > to.size()) return std::nullopt;
  return Rewritten{BroadcastTo{Shape{to}}, {number}};
}

}  // namespace

std::string Reshape::attributes() const {
  return fmt::format("shape={}", to_string(shape));
}

Types Reshape::infer(const Types& operands) const {
  return {{operands[0].dtype, resolved(operands[0].shape, shape)}};
}

void Reshape::compute(const Call& call) const {
  std::copy_n(static_cast<const std::byte*>(call.input(0).data), size_in_bytes(call.input(0).type),
              static_cast<std::byte*>(call.output(0).data));
}

/// To the own shape it does nothing, and two in a row are one.
std::optional<Rewritten> Reshape::rewrite(const Match& match) const {
  if (match.type(0) == match.result_type()) return Rewritten::as(match.input(0));
  if (match.made_by<Reshape>(0)) return Rewritten{*this, match.producer(0)->inputs};
  return repeated_number(match);
}

Gradients Reshape::gradient(const Applied& node, const Tensor& upstream) const {
  return {reshape(upstream, node.input(0).shape())};
}

Tensor reshape(const Tensor& x, Shape shape, std::source_location where) {
  return apply(Reshape{std::move(shape)}, {x}, where);
}

Tensor flatten(const Tensor& x, std::int64_t first_axis, std::source_location where) {
  auto shape = with_context("flatten", x, where, [&] {
    const auto kept = static_cast<std::ptrdiff_t>(
        first_axis == static_cast<std::int64_t>(x.rank()) ? x.rank() : normalize_axis(first_axis, x.rank()));
    const auto begin = x.shape().begin(), end = x.shape().end();
    std::vector<Dim> dims{begin, begin + kept};
    dims.push_back(std::accumulate(begin + kept, end, Dim{1}, std::multiplies{}));
    return Shape{std::move(dims)};
  });
  return reshape(x, std::move(shape), where);
}

Tensor expand_dims(const Tensor& x, std::int64_t axis, std::source_location where) {
  auto shape = with_context("expand_dims", x, where, [&] {
    auto dims = x.shape().dims();
    dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(normalize_axis(axis, x.rank() + 1)), 1);
    return Shape{std::move(dims)};
  });
  return reshape(x, std::move(shape), where);
}

Tensor squeeze(const Tensor& x, std::source_location where) {
  auto dims = x.shape().dims();
  std::erase(dims, Dim{1});
  return reshape(x, Shape{std::move(dims)}, where);
}

Tensor squeeze(const Tensor& x, const Axes& axes, std::source_location where) {
  auto shape =
      with_context("squeeze", x, where, [&] { return without(x.shape(), axes.normalized(x.rank())); });
  return reshape(x, std::move(shape), where);
}

std::vector<CatalogueEntry> reshape_entries() {
  const auto numbers = [](Extents extents) { return std::vector{sample_numbers(std::move(extents), -2, 2)}; };
  const auto to = [](Shape shape) { return [=](std::span<const Tensor> x) { return reshape(x[0], shape); }; };
  return {{"reshape",
           "y_n = x_n, counted rows first",
           "[...] -> shape",
           "upstream, reshaped",
           any_dtypes,
           {{"all extents given", numbers({2, 3}), to({3, 2})},
            {"one extent left open", numbers({2, 3, 2}), to({4, -1})},
            {"to a scalar", numbers({1, 1}), to({})}}},
          {"flatten",
           "y_n = x_n, counted rows first",
           "[a..., b...] -> [a..., product of b...]",
           "upstream, reshaped",
           any_dtypes,
           {{"from axis 1", numbers({2, 3, 2}), [](std::span<const Tensor> x) { return flatten(x[0]); }},
            {"whole", numbers({2, 3}), [](std::span<const Tensor> x) { return flatten(x[0], 0); }}}},
          {"expand_dims",
           "y_n = x_n, counted rows first",
           "[a..., b...] -> [a..., 1, b...]",
           "upstream, reshaped",
           any_dtypes,
           {{"first axis", numbers({2, 3}), [](std::span<const Tensor> x) { return expand_dims(x[0], 0); }},
            {"last axis", numbers({2}), [](std::span<const Tensor> x) { return expand_dims(x[0], -1); }}}},
          {"squeeze",
           "y_n = x_n, counted rows first",
           "[...] -> [...] without axes of extent 1",
           "upstream, reshaped",
           any_dtypes,
           {{"all", numbers({1, 2, 1, 3}), [](std::span<const Tensor> x) { return squeeze(x[0]); }},
            {"one", numbers({1, 2, 1}), [](std::span<const Tensor> x) { return squeeze(x[0], -1); }}}}};
}

}  // namespace retrograph
