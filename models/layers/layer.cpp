#include <retrograph/models/layers/layer.hpp>

namespace retrograph {

void require_floats(const Tensor& x) {
  if (!is_floating(x.dtype()))
    throw TypeError{fmt::format("the layer takes floats, not {}", to_string(x.dtype()))};
}

std::int64_t extent_of_layer(const Tensor& x, std::int64_t axis) {
  const auto& extent = x.shape()[normalize_axis(axis, x.rank())];
  if (!extent.is_number())
    throw ShapeError{fmt::format("the {} extent is '{}', and weights need a number",
                                 axis == -1 ? "last" : "second", to_string(extent)),
                     "give the input a number there, or reshape it"};
  return extent.number();
}

}  // namespace retrograph
