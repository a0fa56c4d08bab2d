#include <retrograph/ops/batch_norm.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/mean.hpp>
#include <retrograph/ops/normalized.hpp>
#include <retrograph/ops/operand.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/variance.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

/// Throws unless all operands after x are [channels].
void require_channels(std::span<const Tensor> operands, double epsilon) {
  require_normalizable(operands, epsilon);
  const auto& x = operands[0];
  if (x.rank() < 2)
    throw ShapeError{fmt::format("the first operand has {} axes", x.rank()),
                     "it must be [batch, channels, ...]"};
  for (const auto& operand : operands.subspan(1))
    if (operand.shape() != Shape{x.shape()[1]})
      throw ShapeError{fmt::format("there are {} channels, and numbers {} for them", to_string(x.shape()[1]),
                                   to_string(operand.shape())),
                       fmt::format("they must be [{}]", to_string(x.shape()[1]))};
}

/// [channels] with axes behind it, so that it broadcasts over x.
Tensor of_channels(const Tensor& numbers, const Tensor& x) {
  std::vector<Dim> dims(x.rank() - 1, 1);
  dims[0] = x.shape()[1];
  return x.rank() == 2 ? numbers : reshape(numbers, Shape{std::move(dims)});
}

}  // namespace

std::vector<std::int64_t> batch_norm_axes(const Tensor& x) {
  std::vector<std::int64_t> axes{0};
  for (std::int64_t axis = 2; axis < static_cast<std::int64_t>(x.rank()); ++axis) axes.push_back(axis);
  return axes;
}

Tensor batch_norm(const Tensor& x, const Tensor& scale, const Tensor& shift, const BatchNormOptions& options,
                  std::source_location where) {
  const std::array operands{x, scale, shift};
  with_context("batch_norm", operands, where, [&] { require_channels(operands, options.epsilon); });
  const auto line = made_at(x.graph(), where);
  const Axes axes{batch_norm_axes(x)};
  return batch_norm(x, scale, shift, mean(x, axes), variance(x, axes), options, where);
}

Tensor batch_norm(const Tensor& x, const Tensor& scale, const Tensor& shift, const Tensor& mean,
                  const Tensor& variance, const BatchNormOptions& options, std::source_location where) {
  const std::array operands{x, scale, shift, mean, variance};
  with_context("batch_norm", operands, where, [&] { require_channels(operands, options.epsilon); });
  const auto line = made_at(x.graph(), where);
  return normalized(x, of_channels(mean, x), of_channels(variance, x), options.epsilon, of_channels(scale, x),
                    of_channels(shift, x));
}

std::vector<CatalogueEntry> batch_norm_entries() {
  const auto numbers = [](Extents x) {
    return std::vector{sample_numbers(std::move(x), -2, 2), sample_numbers({3}, 1, 2),
                       sample_numbers({3}, -1, 1)};
  };
  const auto of_batch = [](std::span<const Tensor> x) {
    return batch_norm(x[0], x[1], x[2], {.epsilon = 0.1});
  };
  auto given = numbers({2, 3, 2, 2});
  given.push_back(sample_numbers({3}, -1, 1));
  given.push_back(sample_numbers({3}, 1, 2));
  return {{"batch_norm",
           "y = (x - mean) / sqrt(variance + epsilon) scale + shift, over all axes but 1",
           "[n, c, ...], [c], [c] -> [n, c, ...]",
           "by its parts",
           float_dtypes,
           {{"rows", numbers({4, 3}), of_batch},
            {"images", numbers({2, 3, 2, 2}), of_batch},
            {"mean and variance given", std::move(given),
             [](std::span<const Tensor> x) { return batch_norm(x[0], x[1], x[2], x[3], x[4]); }}}}};
}

}  // namespace retrograph
