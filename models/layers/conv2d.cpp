#include <retrograph/models/layers/conv2d.hpp>
#include <retrograph/models/layers/layer.hpp>

#include <algorithm>

namespace retrograph {

Tensor conv2d(const Tensor& x, std::int64_t filters, HeightWidth kernel, std::string_view name,
              const Conv2dLayerOptions& options, std::source_location where) {
  return in_layer(x, name, where, [&] {
    auto& graph = x.graph();
    if (x.rank() != 4)
      throw ShapeError{"the layer takes images [batch, channels, height, width]", "reshape the input"};
    const auto channels = extent_of_layer(x, 1);
    const auto weight = graph.parameter(
        "weight",
        {filters, channels / std::max<std::int64_t>(1, options.groups), kernel.height, kernel.width},
        options.weight, x.dtype(), where);
    const Conv2dOptions own{options.stride, options.padding, options.dilation, options.groups};
    if (!options.bias) return conv2d(x, weight, own, where);
    const auto bias = graph.parameter("bias", {filters}, *options.bias, x.dtype(), where);
    return conv2d(x, weight, bias, own, where);
  });
}

}  // namespace retrograph
