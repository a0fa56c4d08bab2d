#include <retrograph/graph/error.hpp>
#include <retrograph/ops/conv2d_shape.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph {
namespace {

/// Sums and products of a few of these stay far from overflowing.
constexpr std::int64_t absurd = std::int64_t{1} << 30;

std::int64_t positive(const Dim& dim, std::string_view operand, std::string_view axis) {
  if (!dim.is_number())
    throw ShapeError{
        fmt::format("the {} of the {} is '{}': it must be a number", axis, operand, to_string(dim)),
        "only the batch may be a symbol"};
  if (dim.number() < 1 || dim.number() > absurd)
    throw ShapeError{fmt::format("the {} has {} {}", operand, axis, to_string(dim))};
  return dim.number();
}

void require_options(const Conv2dOptions& options) {
  require_at_least(1, options.stride, "stride");
  require_at_least(0, options.padding, "padding");
  require_at_least(1, options.dilation, "dilation");
  if (options.groups < 1) throw ShapeError{fmt::format("there are {} groups", options.groups)};
}

void require_whole_groups(std::int64_t count, std::string_view what, std::int64_t groups) {
  if (count % groups != 0)
    throw ShapeError{fmt::format("{} {} are no multiple of {} groups", count, what, groups)};
}

void require_upstream(const Convolution& convolution, const Shape& upstream) {
  const auto [channels, extents] = image_extents(upstream, "upstream");
  if (channels != convolution.filters)
    throw ShapeError{
        fmt::format("upstream has {} channels and the weight {} filters", channels, convolution.filters)};
  if (extents != convolution.result)
    throw ShapeError{fmt::format("upstream is {} and the result of the convolution {}", to_string(extents),
                                 to_string(convolution.result))};
}

std::int64_t number_or_zero(const Dim& dim) {
  return dim.is_number() ? dim.number() : 0;
}

}  // namespace

std::string to_string(const HeightWidth& pair) {
  return fmt::format("{}x{}", pair.height, pair.width);
}

std::string to_string(const Conv2dOptions& options) {
  std::string text;
  const auto add = [&](std::string_view name, const HeightWidth& pair, std::int64_t usual) {
    if (pair != HeightWidth{usual}) text += fmt::format(", {}={}", name, to_string(pair));
  };
  add("stride", options.stride, 1);
  add("padding", options.padding, 0);
  add("dilation", options.dilation, 1);
  if (options.groups != 1) text += fmt::format(", groups={}", options.groups);
  return text;
}

void require_at_least(std::int64_t least, const HeightWidth& pair, std::string_view what) {
  if (std::min(pair.height, pair.width) < least || std::max(pair.height, pair.width) > absurd)
    throw ShapeError{fmt::format("the {} is {}", what, to_string(pair)),
                     fmt::format("it must be at least {}", least)};
}

std::int64_t window_places(std::int64_t extent, std::int64_t window, std::int64_t stride,
                           std::int64_t padding, std::int64_t dilation, std::string_view axis) {
  const auto covered = dilation * (window - 1) + 1, room = extent + 2 * padding;
  if (covered > room)
    throw ShapeError{fmt::format("the window covers {} numbers of the {}, which has {}{}", covered, axis,
                                 room, padding > 0 ? " with its padding" : "")};
  return (room - covered) / stride + 1;
}

ImageExtents image_extents(const Shape& images, std::string_view operand) {
  if (images.rank() != 4)
    throw ShapeError{fmt::format("the {} has {} axes, not the four of images", operand, images.rank()),
                     "it must be [batch, channels, height, width]: reshape it"};
  return {positive(images[1], operand, "channels"),
          {positive(images[2], operand, "height"), positive(images[3], operand, "width")}};
}

Convolution convolution_of(const Shape& x, const Shape& weight, const Conv2dOptions& options) {
  require_options(options);
  const auto [channels, image] = image_extents(x, "first operand");
  if (weight.rank() != 4)
    throw ShapeError{fmt::format("the weight has {} axes", weight.rank()),
                     "it must be [filters, channels / groups, kernel_height, kernel_width]"};
  const auto filters = positive(weight[0], "weight", "filters");
  const HeightWidth kernel{positive(weight[2], "weight", "height"), positive(weight[3], "weight", "width")};
  require_whole_groups(channels, "channels", options.groups);
  require_whole_groups(filters, "filters", options.groups);
  if (weight[1] != Dim{channels / options.groups})
    throw ShapeError{fmt::format("the weight is for {} channels and there are {}{}", to_string(weight[1]),
                                 channels / options.groups, options.groups > 1 ? " in each group" : ""),
                     fmt::format("the weight must be [*, {}, *, *]", channels / options.groups)};
  const auto& [stride, padding, dilation, groups] = options;
  return {
      number_or_zero(x[0]),
      channels,
      filters,
      image,
      kernel,
      {window_places(image.height, kernel.height, stride.height, padding.height, dilation.height, "height"),
       window_places(image.width, kernel.width, stride.width, padding.width, dilation.width, "width")},
      options};
}

Convolution convolution_by_image(const Shape& weight, const Shape& upstream, HeightWidth image,
                                 const Conv2dOptions& options) {
  require_options(options);
  if (weight.rank() != 4 || upstream.rank() != 4)
    throw ShapeError{"the weight and upstream must have four axes each"};
  const auto channels = weight[1] * options.groups;
  const auto convolution =
      convolution_of({upstream[0], channels, image.height, image.width}, weight, options);
  require_upstream(convolution, upstream);
  return convolution;
}

Convolution convolution_by_kernel(const Shape& x, const Shape& upstream, HeightWidth kernel,
                                  const Conv2dOptions& options) {
  require_options(options);
  const auto channels = image_extents(x, "first operand").channels;
  const auto filters = image_extents(upstream, "upstream").channels;
  const auto convolution =
      convolution_of(x, {filters, channels / options.groups, kernel.height, kernel.width}, options);
  if (x[0] != upstream[0])
    throw ShapeError{fmt::format("the batches differ: {} and {}", to_string(x[0]), to_string(upstream[0]))};
  require_upstream(convolution, upstream);
  return convolution;
}

}  // namespace retrograph
