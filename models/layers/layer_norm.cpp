#include <retrograph/models/initializers.hpp>
#include <retrograph/models/layers/layer.hpp>
#include <retrograph/models/layers/layer_norm.hpp>
#include <retrograph/ops/layer_norm.hpp>

namespace retrograph {

Tensor layer_norm(const Tensor& x, std::string_view name, const LayerNormLayerOptions& options,
                  std::source_location where) {
  return in_layer(x, name, where, [&] {
    if (options.axes < 1 || options.axes > x.rank())
      throw ShapeError{fmt::format("{} axes are to be normalized of {}", options.axes, x.rank())};
    std::vector<Dim> features;
    for (auto axis = x.rank() - options.axes; axis < x.rank(); ++axis)
      features.push_back(extent_of_layer(x, static_cast<std::int64_t>(axis)));
    const Shape shape{features};
    const auto scale = x.graph().parameter("scale", shape, constant(1), x.dtype(), where);
    const auto shift = x.graph().parameter("shift", shape, zeros(), x.dtype(), where);
    return layer_norm(x, scale, shift, {options.epsilon}, where);
  });
}

}  // namespace retrograph
