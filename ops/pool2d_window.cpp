#include <retrograph/graph/error.hpp>
#include <retrograph/ops/conv2d_shape.hpp>
#include <retrograph/ops/pool2d_window.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

/// Numbers of an image that one thread meets at a time.
constexpr std::int64_t grain = 16'384;

}  // namespace

std::string Pool2dWindow::attributes() const {
  auto text = to_string(extents);
  if (stride != extents) text += ", stride=" + to_string(stride);
  if (padding != HeightWidth{0}) text += ", padding=" + to_string(padding);
  return text;
}

Shape Pool2dWindow::infer(const Shape& images) const {
  require_at_least(1, extents, "window");
  require_at_least(1, stride, "stride");
  require_at_least(0, padding, "padding");
  if (2 * padding.height > extents.height || 2 * padding.width > extents.width)
    throw ShapeError{fmt::format("the padding {} is more than half of the window {}", to_string(padding),
                                 to_string(extents)),
                     "a window must meet at least one number of the image"};
  const auto image = image_extents(images, "operand").extents;
  return {images[0], images[1],
          window_places(image.height, extents.height, stride.height, padding.height, 1, "height"),
          window_places(image.width, extents.width, stride.width, padding.width, 1, "width")};
}

Pool2dPlanes::Pool2dPlanes(const Extents& images, const Extents& results)
    : count{images[0] * images[1]}, image{images[2], images[3]}, result{results[2], results[3]} {}

std::int64_t Pool2dPlanes::at_once() const {
  return grain / image_size() + 1;
}

}  // namespace retrograph
