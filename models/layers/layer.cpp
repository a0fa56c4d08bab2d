#include <retrograph/models/layers/layer.hpp>

namespace retrograph {

void require_floats(const Tensor& x) {
  if (!is_floating(x.dtype()))
    throw TypeError{fmt::format("the layer takes floats, not {}", to_string(x.dtype()))};
}

std::int64_t extent_of_layer(const Tensor& x, std::int64_t axis) {
  const auto place = normalize_axis(axis, x.rank());
  const auto& extent = x.shape()[place];
  if (extent.is_number()) return extent.number();
  const auto which =
      place + 1 == x.rank() ? std::string{"last extent"} : fmt::format("extent of axis {}", place);
  throw ShapeError{fmt::format("the {} is '{}', and weights need a number", which, to_string(extent)),
                   "give the input a number there, or reshape it"};
}

}  // namespace retrograph
