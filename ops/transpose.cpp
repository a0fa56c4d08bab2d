#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/kernels/strided_copy.hpp>
#include <retrograph/ops/operand.hpp>
#include <retrograph/ops/rewrites.hpp>
#include <retrograph/ops/transpose.hpp>
#include <retrograph/ops/transpose_op.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace retrograph {
namespace {

std::vector<std::size_t> axes_in_order(std::size_t rank) {
  std::vector<std::size_t> axes(rank);
  std::iota(axes.begin(), axes.end(), std::size_t{0});
  return axes;
}

std::vector<std::size_t> inverse(const std::vector<std::size_t>& permutation) {
  std::vector<std::size_t> places(permutation.size());
  for (std::size_t place = 0; place < permutation.size(); ++place) places[permutation[place]] = place;
  return places;
}

/// values[permutation[i]] at each place i.
template <class T>
std::vector<T> composed(const std::vector<std::size_t>& permutation, const std::vector<T>& values) {
  std::vector<T> result;
  for (const auto place : permutation) result.push_back(values[place]);
  return result;
}

/// True if the axes that have more than one index are in their old order.
bool keeps_order(std::vector<std::size_t> permutation, const Extents& extents) {
  std::erase_if(permutation, [&](std::size_t axis) { return extents[axis] == 1; });
  return std::is_sorted(permutation.begin(), permutation.end());
}

std::vector<std::size_t> normalized(const std::vector<std::int64_t>& permutation, std::size_t rank) {
  std::vector<std::size_t> axes;
  for (const auto axis : permutation) axes.push_back(normalize_axis(axis, rank));
  auto sorted = axes;
  std::sort(sorted.begin(), sorted.end());
  if (sorted != axes_in_order(rank))
    throw ShapeError{
        fmt::format("[{}] does not name each of the {} axes once", fmt::join(permutation, ", "), rank)};
  return axes;
}

}  // namespace

bool Transpose::swaps_last_two() const {
  if (permutation.size() < 2) return false;
  auto swapped = axes_in_order(permutation.size());
  std::swap(swapped.end()[-1], swapped.end()[-2]);
  return permutation == swapped;
}

std::string Transpose::attributes() const {
  return fmt::format("permutation=[{}]", fmt::join(permutation, ", "));
}

Types Transpose::infer(const Types& operands) const {
  return {{operands[0].dtype, Shape{composed(permutation, operands[0].shape.dims())}}};
}

std::unique_ptr<Kernel> Transpose::prepare(const Signature& signature) const {
  const auto from = composed(permutation, row_major_strides(signature.inputs[0].extents));
  const auto& extents = signature.outputs[0].extents;
  const auto to = row_major_strides(extents);
  std::vector<StridedCopy::Axis> axes;
  for (std::size_t axis = 0; axis < extents.size(); ++axis)
    axes.push_back({extents[axis], from[axis], to[axis]});
  return std::make_unique<CopyKernel>(StridedCopy{axes, signature.outputs[0].dtype});
}

/// Two in a row are one; and one that only moves axes of extent 1 leaves the numbers where they are.
std::optional<Rewritten> Transpose::rewrite(const Match& match) const {
  if (const auto* first = match.made_by<Transpose>(0))
    return Rewritten{Transpose{composed(permutation, first->permutation)}, match.producer(0)->inputs};
  if (keeps_order(permutation, match.type(0).extents)) return as_reshaped(match);
  return std::nullopt;
}

Gradients Transpose::gradient(const Applied&, const Tensor& upstream) const {
  const auto back = inverse(permutation);
  return {transpose(upstream, {back.begin(), back.end()})};
}

Tensor transpose(const Tensor& x, std::source_location where) {
  auto axes = axes_in_order(x.rank());
  std::reverse(axes.begin(), axes.end());
  return apply(Transpose{std::move(axes)}, {x}, where);
}

Tensor transpose(const Tensor& x, const std::vector<std::int64_t>& permutation, std::source_location where) {
  auto axes = with_context("transpose", x, where, [&] { return normalized(permutation, x.rank()); });
  return apply(Transpose{std::move(axes)}, {x}, where);
}

Tensor matrix_transpose(const Tensor& x, std::source_location where) {
  auto axes = axes_in_order(x.rank());
  with_context("matrix_transpose", x, where, [&] {
    if (x.rank() < 2) throw ShapeError{"a matrix has two axes"};
  });
  std::swap(axes.end()[-1], axes.end()[-2]);
  return apply(Transpose{std::move(axes)}, {x}, where);
}

std::vector<CatalogueEntry> transpose_entries() {
  const auto with = [](std::vector<std::int64_t> permutation) {
    return [=](std::span<const Tensor> x) { return transpose(x[0], permutation); };
  };
  const auto numbers = [](Extents extents) { return std::vector{sample_numbers(std::move(extents), -2, 2)}; };
  return {
      {"transpose",
       "y[j_0, ...] = x[k_0, ...], k_permutation[i] = j_i",
       "[...] -> [...], axes permuted",
       "upstream, axes put back",
       any_dtypes,
       {{"reversed", numbers({2, 3, 2}), [](std::span<const Tensor> x) { return transpose(x[0]); }},
        {"rows stay in one piece", numbers({2, 3, 2}), with({1, 0, 2})},
        {"negative axes", numbers({2, 3, 1, 2}), with({-1, 0, -2, 1})},
        {"a scalar", numbers({}), with({})}}},
      {"matrix_transpose",
       "y[..., j, i] = x[..., i, j]",
       "[..., rows, columns] -> [..., columns, rows]",
       "upstream, transposed likewise",
       any_dtypes,
       {{"a stack", numbers({2, 2, 3}), [](std::span<const Tensor> x) { return matrix_transpose(x[0]); }}}}};
}

}  // namespace retrograph
