#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/layer_norm.hpp>
#include <retrograph/ops/mean.hpp>
#include <retrograph/ops/normalized.hpp>
#include <retrograph/ops/operand.hpp>
#include <retrograph/ops/variance.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

void require_features(const Tensor& x, const Tensor& numbers, std::string_view what) {
  const auto rank = numbers.rank();
  const auto& dims = x.shape().dims();
  if (rank >= 1 && rank <= dims.size() &&
      numbers.shape() == Shape{std::vector<Dim>{dims.end() - static_cast<std::ptrdiff_t>(rank), dims.end()}})
    return;
  throw ShapeError{fmt::format("the {} is {}", what, to_string(numbers.shape())),
                   fmt::format("it must have the last extents of {}", to_string(x.shape()))};
}

}  // namespace

Tensor layer_norm(const Tensor& x, const Tensor& scale, const Tensor& shift, const LayerNormOptions& options,
                  std::source_location where) {
  const std::array operands{x, scale, shift};
  with_context("layer_norm", operands, where, [&] {
    require_normalizable(operands, options.epsilon);
    require_features(x, scale, "scale");
    if (shift.shape() != scale.shape())
      throw ShapeError{"scale and shift have different shapes",
                       fmt::format("the shift must be {}", to_string(scale.shape()))};
  });
  const auto line = made_at(x.graph(), where);
  std::vector<std::int64_t> axes;
  for (auto axis = -static_cast<std::int64_t>(scale.rank()); axis < 0; ++axis) axes.push_back(axis);
  return normalized(x, mean(x, Axes{axes}, Keep::yes), variance(x, Axes{axes}, Keep::yes), options.epsilon,
                    scale, shift);
}

std::vector<CatalogueEntry> layer_norm_entries() {
  const auto sample = [](std::string label, Extents x, Extents features) {
    return Sample{std::move(label),
                  {sample_numbers(std::move(x), -2, 2), sample_numbers(features, 1, 2),
                   sample_numbers(features, -1, 1)},
                  [](std::span<const Tensor> operands) {
                    return layer_norm(operands[0], operands[1], operands[2], {.epsilon = 0.1});
                  }};
  };
  return {{"layer_norm",
           "y = (x - mean) / sqrt(variance + epsilon) scale + shift, over the last axes",
           "[..., m...], [m...], [m...] -> [..., m...]",
           "by its parts",
           float_dtypes,
           {sample("rows", {3, 4}, {4}), sample("matrices", {2, 2, 3}, {2, 3})}}};
}

}  // namespace retrograph
